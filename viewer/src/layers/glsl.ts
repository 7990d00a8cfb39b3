/** GLSL that the point and the quad shaders share: the picture's own rectangle in its cell, and the dimming of the others. */

import { MOST_INKS } from "../model/palette";

/** Vertex side: which rows a pass leaves out. */
export const HIDDEN = `
uniform int pass;        // 0 everything, 1 only dimmed rows, 2 only lit rows

bool skipped(float lit) {
  // Neither lit nor dimmed: hidden (model/highlight.ts).
  if (lit > 0.1 && lit < 0.5) return true;
  return pass == 1 ? lit > 0.5 : pass == 2 ? lit < 0.5 : false;
}
`;

/** Vertex side: where a row's picture lies in the atlas. */
export const PLACE = `${HIDDEN}
uniform float cell;      // side of a cell, in pixels of a page file
uniform float page;      // side of a page, in the same pixels

void place(uint slot, vec2 fit, out vec3 origin) {
  // A quotient of whole numbers may come out a little less than whole.
  uint perRow = uint(page / cell + 0.5);
  uint perPage = perRow * perRow;
  uint index = slot % perPage;
  vec2 corner = vec2(float(index % perRow), float(index / perRow)) * cell;
  origin = vec3(corner + floor((cell - fit) * 0.5), float(slot / perPage));
}
`;

/** Fragment side: a picture's colour at uv in [0, 1] of its own rectangle. */
export const SAMPLE = `
uniform highp sampler2DArray atlas;
uniform vec2 extent;     // a whole layer, in pixels of a page file
uniform float lod;
uniform float inset;     // half a texel of the level in use, in pixels of a page file
uniform vec3 ground;
uniform float dim;       // how much of a dimmed picture remains, in [0, 1]

// A layer that has not arrived is zero, alpha included, and shows the mean colour.
vec3 atlasColour(vec2 uv, vec3 origin, vec2 fit, vec3 mean) {
  vec2 edge = min(vec2(inset), fit * 0.5);
  vec2 pixel = origin.xy + clamp(uv * fit, edge, fit - edge);
  vec4 texel = textureLod(atlas, vec3(pixel / extent, origin.z), lod);
  return texel.rgb + (1.0 - texel.a) * mean;
}

uniform vec3 palette[${MOST_INKS}];
uniform float pixels;     // side of a picture's square, in device pixels
uniform float frameWidth; // in device pixels

/** The picture's frame in its ink's colour; 0 is no ink. */
vec3 framed(vec3 colour, vec2 uv, vec2 aspect, float ink) {
  vec2 gap = min(uv, 1.0 - uv) * aspect * pixels;
  return ink > 0.5 && min(gap.x, gap.y) < frameWidth ? palette[int(ink + 0.5) - 1] : colour;
}

vec4 shown(vec3 colour, float lit) {
  return vec4(mix(ground, colour, mix(dim, 1.0, lit)), 1.0);
}
`;
