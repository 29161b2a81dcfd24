"""Model files from where their makers publish them, the Hugging Face hub.

Needs the extra ``hub``, and a hub that answers within a few seconds. Only a file with the catalogue's digest
is fetched, so that a model's name means the same bytes everywhere.
"""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path

from textgrad_lite.engines.local.catalogue import CatalogueModel

logger = logging.getLogger(__name__)

HUB_SECONDS = 3.0


def explain_unavailable(model: CatalogueModel) -> str | None:
    """Return why the upstream file cannot be had here, or None where it can be."""
    if importlib.util.find_spec("huggingface_hub") is None:
        return "huggingface_hub is not installed (pip install 'textgrad-lite[hub]')"
    import huggingface_hub
    from httpx2 import HTTPError
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    url = huggingface_hub.hf_hub_url(model.upstream.repository, model.upstream.filename)
    try:
        metadata = huggingface_hub.get_hf_file_metadata(url, timeout=HUB_SECONDS)
    except (HfHubHTTPError, HTTPError, OfflineModeIsEnabled, OSError) as error:
        logger.debug("the hub did not answer", exc_info=error)
        return f"the Hugging Face hub could not be reached ({type(error).__name__})"
    if metadata.etag != model.sha256:
        return f"{model.upstream.url} is another file than the one in the catalogue (digest {metadata.etag})"
    return None


def fetch_upstream(model: CatalogueModel, folder: Path) -> Path:
    """Fetch the upstream file into a folder and return it. The hub's client resumes by itself."""
    import huggingface_hub

    return Path(
        huggingface_hub.hf_hub_download(
            model.upstream.repository, model.upstream.filename, local_dir=folder, etag_timeout=HUB_SECONDS
        )
    )
