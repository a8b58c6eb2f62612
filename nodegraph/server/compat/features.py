"""What this server tells clients of the field that it can do."""

from nodegraph.server.files import UPLOAD_LIMIT

FEATURES: dict[str, object] = {
    "supports_preview_metadata": True,
    "max_upload_size": UPLOAD_LIMIT,
    "supports_model_type_tags": False,
    "extension": {"manager": {"supports_v4": False}},
    "node_replacements": True,
    "assets": False,
}

INTERFACE_VERSION = "0.3.64"
"""The version of the field's interface that this layer follows; some clients ask for it."""
