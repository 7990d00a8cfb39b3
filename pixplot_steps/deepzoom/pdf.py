"""A PDF file of one page that is one JPEG file, whose bytes stand in it as they are (ISO 32000-1, 8.9.5 and 7.4.8)."""

from __future__ import annotations

_LONGEST = 14_400
"""Of a page, in points: what readers of PDF can show (ISO 32000-1, annex C.2)."""


def around(width: int, height: int, length: int) -> tuple[bytes, bytes]:
    """What stands before and behind a JPEG file of `length` bytes and so many pixels, one point each where that is not too long."""
    scale = min(1.0, _LONGEST / max(width, height))
    page = f"{width * scale:.3f} {height * scale:.3f}"
    drawing = f"q {width * scale:.3f} 0 0 {height * scale:.3f} 0 0 cm /Im Do Q".encode()
    image = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page}] /Contents 4 0 R /Resources << /XObject << /Im 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing),
        f"<< {image} /Filter /DCTDecode /Length {length} >>\nstream\n".encode(),
    ]
    head, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(head))
        head += b"%d 0 obj\n%b" % (number, content)
        head += b"\nendobj\n" if number < len(objects) else b""
    end = b"\nendstream\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"xref\n0 6\n0000000000 65535 f \n%btrailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return head, end + trailer % (table, len(head) + length + len(end))
