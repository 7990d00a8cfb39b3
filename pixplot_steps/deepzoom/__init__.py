"""Deep zoom: a grid of pictures as one large picture in tiles, for any size of collection."""
