"""The core's own components and recipes: a plugin like any other."""

from collections.abc import Iterable
from pathlib import Path

from zoo import Component, catalogue_file, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """Compositions, and the parts that fit any domain."""
    return [
        Component(
            "model",
            "latent-diffusion",
            "zoo.components.models.latent_diffusion:LatentDiffusion",
            "Diffusion or flow on the latents of an encoder",
        ),
        Component(
            "model",
            "prior-decoder",
            "zoo.components.models.prior_decoder:PriorDecoder",
            "A variational autoencoder that decodes draws from its prior",
        ),
        Component(
            "model",
            "adversarial-pair",
            "zoo.components.models.adversarial_pair:AdversarialPair",
            "A generator and a critic against each other: GAN and WGAN",
        ),
        Component(
            "dataset",
            "imported",
            "zoo.components.datasets.imported:Imported",
            "What `zoo data import` has read from files",
        ),
        Component(
            "evaluator",
            "condition-met",
            "zoo.components.evaluators.condition_met:ConditionMet",
            "How near samples come to the properties they were drawn for",
        ),
        Component(
            "evaluator",
            "latent-separation",
            "zoo.components.evaluators.latent_separation:LatentSeparation",
            "How well a linear probe tells latents of valid structures from those of invalid ones",
        ),
        Component(
            "encoder",
            "identity",
            "zoo.components.encoders.identity:Identity",
            "Latents are structures; nothing to train",
        ),
        Component(
            "regulariser", "none", "zoo.components.regularisers.none:NoRegulariser", "Leaves latent space as it is"
        ),
        Component(
            "regulariser",
            "contrastive",
            "zoo.components.regularisers.contrastive:Contrastive",
            "Draws valid latents together and pushes invalid ones off",
        ),
        Component(
            "regulariser",
            "ras",
            "zoo.components.regularisers.ras:RepelAndSink",
            "Repel and sink: valid latents apart from each other and from invalid ones, around the origin",
        ),
        Component(
            "schedule", "linear", "zoo.components.schedules.linear:Linear", "DDPM's: the variance added grows linearly"
        ),
        Component(
            "schedule", "cosine", "zoo.components.schedules.cosine:Cosine", "The signal fades along a squared cosine"
        ),
        Component(
            "schedule", "vp-sde", "zoo.components.schedules.vp_sde:VPSDE", "The variance-preserving SDE, in steps"
        ),
        Component(
            "schedule",
            "rectified-flow",
            "zoo.components.schedules.rectified_flow:RectifiedFlow",
            "Straight lines from data to noise",
        ),
        Component(
            "sampler", "ddpm", "zoo.components.samplers.ddpm:DDPM", "Ancestral sampling, as many steps as training"
        ),
        Component(
            "sampler", "ddim", "zoo.components.samplers.ddim:DDIM", "Fewer steps than DDPM, with less noise or none"
        ),
        Component(
            "sampler", "dpm-solver", "zoo.components.samplers.dpm_solver:DPMSolver", "DPM-Solver++(2M): few steps"
        ),
        Component("sampler", "euler", "zoo.components.samplers.euler:Euler", "Euler's method along a flow"),
        Component(
            "sampler",
            "srr",
            "zoo.components.samplers.srr:ShortRangeRepulsion",
            "Another sampler, steered clear of the latents that are known",
        ),
        Component(
            "sampler",
            "srr-as-printed",
            "zoo.components.samplers.srr_as_printed:PrintedRepulsion",
            "Short-range repulsion to the letter of its equation, without a cap",
        ),
        Component(
            "sampler",
            "srr-as-released",
            "zoo.components.samplers.srr_as_released:ReleasedRepulsion",
            "Short-range repulsion as its authors' code has it: one cluster, every fifth step",
        ),
        Component(
            "sampler",
            "perturbed-latents",
            "zoo.components.samplers.perturbed_latents:PerturbedLatents",
            "Known latents with noise: how much the decoder bears",
        ),
        Component(
            "sampler",
            "random-latents",
            "zoo.components.samplers.random_latents:RandomLatents",
            "Control: noise of the training latents' spread, decoded",
        ),
        Component(
            "sampler",
            "gaussian-latents",
            "zoo.components.samplers.gaussian_latents:GaussianLatents",
            "Control: the Gaussian with the training latents' mean and covariance, decoded",
        ),
        Component(
            "sampler",
            "universal",
            "zoo.components.samplers.universal:UniversalGuidance",
            "Another sampler, steered by any differentiable objective",
        ),
    ]


@hookimpl
def zoo_recipes() -> Iterable[Path]:
    """The catalogue."""
    return [catalogue_file()]
