"""What people call the types of files."""

from __future__ import annotations

from collections.abc import Mapping

_KINDS: Mapping[str, str] = {
    "application/gzip": "gzip archive",
    "application/octet-stream": "type not recognized",
    "application/pdf": "PDF document",
    "application/zip": "ZIP archive",
    "audio/mpeg": "MP3 sound",
    "image/gif": "GIF image",
    "image/jpeg": "JPEG image",
    "image/png": "PNG image",
    "image/webp": "WebP image",
    "video/mp4": "MP4 video",
    "video/quicktime": "QuickTime video",
    "video/webm": "WebM video",
}


def file_kind(media_type: str) -> str:
    """A type as people call it: ``PNG image``; one without a common name as it is written."""
    return _KINDS.get(media_type, media_type)
