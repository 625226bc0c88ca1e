"""Kirigami: periodic patterns of straight cuts, none of which may cross (Felsch & Slesarenko 2024)."""

from collections.abc import Iterable

from zoo import Command, Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The domain, its data and scores, and the networks of the paper's four generative models."""
    return [
        Component(
            "domain",
            "cut-pattern",
            "zoo_kirigami.components.cut_pattern:CutPattern",
            "Angles of straight cuts on a periodic square lattice",
        ),
        Component(
            "dataset",
            "kirigami",
            "zoo_kirigami.components.kirigami:Kirigami",
            "Cut patterns without crossings, drawn by random replacement",
        ),
        Component(
            "importer",
            "angle-tables",
            "zoo_kirigami.components.angle_tables:AngleTables",
            "Cut angles in .csv, .npy and .npz files",
        ),
        Component(
            "encoder",
            "circular-conv",
            "zoo_kirigami.components.circular_conv:CircularConv",
            "Convolutional variational autoencoder of periodic patterns",
        ),
        Component(
            "encoder",
            "double-angle",
            "zoo_kirigami.components.double_angle:DoubleAngle",
            "Cut angles as points on a circle, without training",
        ),
        Component(
            "denoiser",
            "circular-unet",
            "zoo_kirigami.components.circular_unet:CircularUNet",
            "U-Net with periodic convolutions",
        ),
        Component(
            "negatives",
            "turned-cuts",
            "zoo_kirigami.components.turned_cuts:TurnedCuts",
            "Turns some cuts until some cross",
        ),
        Component(
            "generator",
            "circular-generator",
            "zoo_kirigami.components.circular_generator:CircularGenerator",
            "Convolutional generator of periodic patterns",
        ),
        Component(
            "critic",
            "circular-critic",
            "zoo_kirigami.components.circular_critic:CircularCritic",
            "Convolutional critic of periodic patterns",
        ),
        Component(
            "model",
            "cut-control",
            "zoo_kirigami.components.cut_control:CutControl",
            "Cut patterns without learning: uniform, shuffled, copied, repaired, masked, exact",
        ),
        Component(
            "model",
            "cut-autoregression",
            "zoo_kirigami.components.cut_autoregression:CutAutoregression",
            "Cut by cut, a learned density over exactly the angles that are free",
        ),
        Component(
            "model",
            "torus-diffusion",
            "zoo_kirigami.components.torus_diffusion:TorusDiffusion",
            "Score matching with noise that is wrapped around the circle of each cut",
        ),
        Component(
            "objective",
            "signed-overlap",
            "zoo_kirigami.components.signed_overlap:SignedOverlap",
            "Pushes crossing cuts apart",
        ),
        Component(
            "property",
            "slit-sheet-moduli",
            "zoo_kirigami.components.slit_sheet_moduli:SlitSheetModuli",
            "Moduli and Poisson's ratios of the slit sheet in plane stress",
        ),
        Component(
            "evaluator",
            "cut-crossings",
            "zoo_kirigami.components.cut_crossings:CutCrossings",
            "Crossings, admissible share, and distances from the data's distribution",
        ),
    ]


@hookimpl
def zoo_commands() -> Iterable[Command]:
    """Sheets for a laser cutter, the paper's figure of random cells, the likelihood of a model."""
    return [
        Command(
            "kirigami-sheet",
            "zoo_kirigami.commands.sheet:kirigami_sheet",
            "Write a cut pattern for a laser cutter.",
        ),
        Command(
            "kirigami-stretch",
            "zoo_kirigami.commands.stretch:kirigami_stretch",
            "Draw a cut pattern in tension, and say how stiff it is.",
        ),
        Command(
            "kirigami-design",
            "zoo_kirigami.commands.design:kirigami_design",
            "Turn cuts until the sheet has wanted moduli or Poisson's ratios.",
        ),
        Command(
            "kirigami-chances",
            "zoo_kirigami.commands.chances:kirigami_chances",
            "Draw how often random cuts cross.",
        ),
        Command(
            "kirigami-likelihood",
            "zoo_kirigami.commands.likelihood:kirigami_likelihood",
            "Tell how far an autoregressive model is from its data.",
        ),
        Command(
            "kirigami-figures",
            "zoo_kirigami.commands.figures:kirigami_figures",
            "Draw training curves and histograms of kirigami runs.",
        ),
        Command(
            "kirigami-path",
            "zoo_kirigami.commands.path:kirigami_path",
            "Draw a way from one cut pattern to another on which no cuts cross.",
        ),
    ]
