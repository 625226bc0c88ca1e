"""The public names, each where it is defined; `import zoo` loads them on first use."""

from .cli.support.checks import (
    check_all as check_all,
    check_suffix as check_suffix,
    named_values as named_values,
    pick as pick,
)
from .cli.support.tables import print_table as print_table
from .data.making import imported_data as imported_data
from .data.opening import open_data as open_data
from .data.reading import read_structures as read_structures
from .data.structures import Structures as Structures, require_cubes as require_cubes
from .errors import ZooError as ZooError, abridged as abridged, shape_words as shape_words
from .hookspecs import Command as Command, Component as Component, hookimpl as hookimpl
from .interfaces.conditions import Conditions as Conditions, property_number as property_number
from .interfaces.critic import Critic as Critic
from .interfaces.data import Data as Data, Facts as Facts
from .interfaces.dataset import Card as Card, Chunk as Chunk, Dataset as Dataset
from .interfaces.denoiser import Denoiser as Denoiser, Level as Level
from .interfaces.domain import Domain as Domain, Figure as Figure
from .interfaces.encoder import Encoder as Encoder, Posterior as Posterior
from .interfaces.evaluator import Evaluator as Evaluator
from .interfaces.generator import Generator as Generator
from .interfaces.importer import Entry as Entry, Importer as Importer
from .interfaces.kind import Kind as Kind, turn_property as turn_property
from .interfaces.model import (
    Fitting as Fitting,
    Model as Model,
    Player as Player,
    Stage as Stage,
    Table as Table,
    Tabulation as Tabulation,
    Training as Training,
)
from .interfaces.negatives import Negatives as Negatives
from .interfaces.network import Condition as Condition, Network as Network, register_to_config as register_to_config
from .interfaces.noise import Noise as Noise
from .interfaces.objective import Objective as Objective
from .interfaces.property import Property as Property
from .interfaces.regulariser import Regulariser as Regulariser
from .interfaces.sampler import Sampler as Sampler, Walk as Walk
from .interfaces.schedule import Schedule as Schedule
from .interfaces.score import Score as Score, bootstrap as bootstrap, jackknife as jackknife
from .interfaces.split import Batch as Batch, Source as Source, Split as Split
from .interfaces.structure import Structure as Structure
from .pretrained.loading import load as load
from .pretrained.pretrained import Pretrained as Pretrained
from .runs.results import Results as Results, read_results as read_results
from .system.arrays import array_errors as array_errors
from .system.files import whole_file as whole_file
from .system.locks import locked as locked
from .system.machine import require_memory as require_memory
from .system.places import catalogue_file as catalogue_file
from .system.processes import shared as shared
from .system.progress import bar as bar
from .training.gather import gather as gather
