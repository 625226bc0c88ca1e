"""Mechanics: the effective stiffness of voxel cells, what follows from it, and what bounds it."""

from collections.abc import Iterable

from zoo import Command, Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """Stiffness as property, as scores and as objectives."""
    return [
        Component(
            "property",
            "stiffness",
            "zoo_mechanics.components.stiffness_property:Stiffness",
            "Effective stiffness of voxel cells",
        ),
        Component(
            "dataset",
            "metashell-optimised",
            "zoo_mechanics.components.metashell_optimised:MetaShellOptimised",
            "Cells designed for bulk modulus, shear modulus or Poisson's ratio, with their stiffness",
        ),
        Component(
            "evaluator",
            "stiffness",
            "zoo_mechanics.components.stiffness_evaluator:StiffnessScores",
            "Stiffness as a share of what is possible, and which cells give way",
        ),
        Component(
            "objective",
            "stiffness-target",
            "zoo_mechanics.components.stiffness_target:StiffnessTarget",
            "Pushes components of the stiffness to wanted values",
        ),
        Component(
            "objective",
            "bulk-to-bound",
            "zoo_mechanics.components.bulk_to_bound:BulkToBound",
            "Pushes the bulk modulus towards the Hashin-Shtrikman bound",
        ),
        Component(
            "objective",
            "isotropy",
            "zoo_mechanics.components.isotropy:Isotropy",
            "Pushes towards an isotropic stiffness",
        ),
        Component(
            "objective",
            "poissons-ratio",
            "zoo_mechanics.components.poissons_ratio:PoissonsRatio",
            "Pushes Poisson's ratio to a wanted value",
        ),
        Component(
            "objective",
            "boundary-match",
            "zoo_mechanics.components.boundary_match:BoundaryMatch",
            "Pushes the faces of cells towards those of others, and the bulk modulus towards its bound",
        ),
    ]


@hookimpl
def zoo_commands() -> Iterable[Command]:
    """`zoo mechanics` and `zoo optimise` for cells, `zoo beams` for nets."""
    return [
        Command(
            "mechanics", "zoo_mechanics.commands.mechanics:mechanics", "What cells are worth: effective moduli, bounds."
        ),
        Command("beams", "zoo_mechanics.commands.beams:beams", "What trusses are worth as frames of slender struts."),
        Command("optimise", "zoo_mechanics.commands.optimise:optimise", "Design a cell for a stiffness."),
    ]
