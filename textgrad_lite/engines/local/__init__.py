"""Language models on this machine: a catalogue, a way to get them, and a server for them.

`open_local` is what ``get_engine("local/…")`` calls. Nothing here needs a key or, once a model is stored, a
network.
"""

from textgrad_lite.engines.local.catalogue import CATALOGUE, CatalogueModel, find_catalogue_model
from textgrad_lite.engines.local.download import PulledModel, pull
from textgrad_lite.engines.local.engine import LocalProvider, open_local
from textgrad_lite.engines.local.progress import OnProgress, PullProgress
from textgrad_lite.engines.local.settings import ServerSettings
from textgrad_lite.engines.local.store import find_models_folder, find_stored, resolve_model

__all__ = [
    "CATALOGUE",
    "CatalogueModel",
    "LocalProvider",
    "OnProgress",
    "PullProgress",
    "PulledModel",
    "ServerSettings",
    "find_catalogue_model",
    "find_models_folder",
    "find_stored",
    "open_local",
    "pull",
    "resolve_model",
]
