/** The rows in view as instanced quads: the path for large pictures, with the sharp pool over the atlas. */
import { type ProgramInfo, setUniforms } from "twgl.js";
import { POOL_SIDE } from "../model/budget";
import { fitSide } from "../model/fit";
import type { Items } from "../model/items";
import { compile, type GL } from "./context";
import { PLACE, SAMPLE } from "./glsl";

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 position;
layout(location = 1) in uint slot;
layout(location = 2) in vec2 aspect;
layout(location = 3) in uvec2 fitLess1;
layout(location = 4) in vec4 look;     // mean colour, lit
layout(location = 5) in uvec2 sharp;   // layer, strength of 255
layout(location = 6) in uint ink;
layout(location = 7) in uvec2 nearPlace;      // in the pools of sharper cells
layout(location = 8) in uvec2 nearStrength;   // of 255
layout(location = 9) in uvec4 nearFitLess1;
uniform vec2 centre;
uniform vec2 scale;      // clip units per map unit
uniform vec2 square;     // a picture's square in clip units
out vec2 vUv;
out vec3 vOrigin;
out vec2 vFit;
out vec2 vAspect;
out vec3 vColour;
out float vLit;
flat out float vInk;
flat out float vLayer;
flat out float vStrength;
flat out vec2 vNearPlace;
flat out vec2 vNearStrength;
flat out vec4 vNearFit;
${PLACE}
void main() {
  vUv = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  vec2 corner = (vUv - 0.5) * vec2(1.0, -1.0) * aspect * square;
  vec2 at = (position - centre) * scale + corner;
  gl_Position = skipped(look.a) ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(at, 0.0, 1.0);
  vFit = vec2(fitLess1) + 1.0;
  vAspect = aspect;
  vColour = look.rgb;
  vLit = look.a;
  vInk = float(ink);
  vLayer = float(sharp.x);
  vStrength = float(sharp.y) / 255.0;
  vNearPlace = vec2(nearPlace);
  vNearStrength = vec2(nearStrength) / 255.0;
  vNearFit = vec4(nearFitLess1) + 1.0;
  place(slot, vFit, vOrigin);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec2 vUv;
in vec3 vOrigin;
in vec2 vFit;
in vec2 vAspect;
in vec3 vColour;
in float vLit;
flat in float vInk;
flat in float vLayer;
flat in float vStrength;
flat in vec2 vNearPlace;
flat in vec2 vNearStrength;
flat in vec4 vNearFit;
uniform highp sampler2DArray near0;
uniform highp sampler2DArray near1;
uniform vec2 nearCell;   // sides of the cells, in pixels
uniform vec2 nearLod;
uniform highp sampler2DArray pool;
uniform float poolSide;  // side of a pool layer in pixels
uniform float poolLod;
out vec4 result;
${SAMPLE}
// A sharp picture starts at the layer's top left and is scaled so that its longer side fills it.
vec3 sharpColour() {
  vec2 fit = max(vec2(1.0), floor(poolSide * vAspect + 0.5));
  vec2 edge = min(vec2(0.5 * exp2(ceil(poolLod))), fit * 0.5);
  return textureLod(pool, vec3(clamp(vUv * fit, edge, fit - edge) / poolSide, vLayer), poolLod).rgb;
}
vec3 nearColour(highp sampler2DArray cells, float place, vec2 fit, float cell, float lod) {
  float columns = floor(${POOL_SIDE}.0 / cell + 0.5);
  float layer = floor((place + 0.5) / (columns * columns));
  float index = place - layer * columns * columns;
  vec2 corner = vec2(mod(index, columns), floor((index + 0.5) / columns)) * cell;
  vec2 edge = min(vec2(0.5 * exp2(ceil(lod))), fit * 0.5);
  vec2 pixel = corner + floor((cell - fit) * 0.5) + clamp(vUv * fit, edge, fit - edge);
  return textureLod(cells, vec3(pixel / ${POOL_SIDE}.0, layer), lod).rgb;
}
void main() {
  vec3 colour = vNearStrength.x < 1.0 && vNearStrength.y < 1.0 ? atlasColour(vUv, vOrigin, vFit, vColour) : vec3(0.0);
  if (vNearStrength.x > 0.0 && vNearStrength.y < 1.0)
    colour = mix(colour, nearColour(near0, vNearPlace.x, vNearFit.xy, nearCell.x, nearLod.x), vNearStrength.x);
  if (vNearStrength.y > 0.0)
    colour = mix(colour, nearColour(near1, vNearPlace.y, vNearFit.zw, nearCell.y, nearLod.y), vNearStrength.y);
  if (vStrength > 0.0) colour = mix(colour, sharpColour(), vStrength);
  result = shown(framed(colour, vUv, vAspect, vInk), vLit);
}`;

/** Position 8, slot 4, aspect 4, fit 2 and sharp 2, look 4, ink 1, strengths of cells 2 and 1 to keep words whole, their places 4, fits 4. */
const STRIDE = 36;
/** More rows than this in view are drawn as points. */
export const MOST_QUADS = 12_000;

/** Where sharper pixels of a slot are, and how far they have faded in (0 to 255). */
export interface Sources {
  /** In the pool of pictures' own files. */
  sharp(slot: number): { layer: number; strength: number } | null;
  /** In the pool of the `at`-th sharper level. */
  near(at: number, slot: number): { place: number; strength: number } | null;
  /** The sides of the cells of the sharper levels, at most two. */
  readonly cells: readonly number[];
}

/** Per row: lit, dimmed or hidden (model/highlight.ts), and the ink of its frame. */
export interface Looks {
  readonly lit: Uint8Array;
  readonly inks: Uint8Array;
}

export class Quads {
  readonly bytes = STRIDE * MOST_QUADS;
  #program: ProgramInfo | null = null;
  readonly #array: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  readonly #data = new ArrayBuffer(STRIDE * MOST_QUADS);
  readonly #floats = new Float32Array(this.#data);
  readonly #words = new Uint32Array(this.#data);
  readonly #halves = new Uint16Array(this.#data);
  readonly #octets = new Uint8Array(this.#data);

  constructor(
    readonly gl: GL,
    readonly items: Items,
  ) {
    this.#array = gl.createVertexArray();
    this.#buffer = gl.createBuffer();
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.bytes, gl.DYNAMIC_DRAW);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, STRIDE, 0);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_INT, STRIDE, 8);
    gl.vertexAttribPointer(2, 2, gl.UNSIGNED_SHORT, true, STRIDE, 12);
    gl.vertexAttribIPointer(3, 2, gl.UNSIGNED_BYTE, STRIDE, 16);
    gl.vertexAttribIPointer(5, 2, gl.UNSIGNED_BYTE, STRIDE, 18);
    gl.vertexAttribPointer(4, 4, gl.UNSIGNED_BYTE, true, STRIDE, 20);
    gl.vertexAttribIPointer(6, 1, gl.UNSIGNED_BYTE, STRIDE, 24);
    gl.vertexAttribIPointer(8, 2, gl.UNSIGNED_BYTE, STRIDE, 25);
    gl.vertexAttribIPointer(7, 2, gl.UNSIGNED_SHORT, STRIDE, 28);
    gl.vertexAttribIPointer(9, 4, gl.UNSIGNED_BYTE, STRIDE, 32);
    for (let location = 0; location < 10; location++) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribDivisor(location, 1);
    }
    gl.bindVertexArray(null);
  }

  /** Gather the rows' attributes; at most MOST_QUADS rows. */
  load(rows: Int32Array, positions: Float32Array, looks: Looks, sources: Sources): void {
    for (const [place, row] of rows.entries()) {
      this.#put(place, row, positions, sources.sharp(this.items.slots[row] ?? 0));
      for (const at of sources.cells.keys()) this.#putNear(place, row, at, sources);
      this.#octets[place * STRIDE + 23] = looks.lit[row] ?? 255;
      this.#octets[place * STRIDE + 24] = looks.inks[row] ?? 0;
    }
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.#octets.subarray(0, STRIDE * rows.length));
  }

  draw(count: number, uniforms: Record<string, unknown>): void {
    const { gl } = this;
    this.#program ??= compile(gl, VERTEX, FRAGMENT);
    gl.useProgram(this.#program.program);
    setUniforms(this.#program, uniforms);
    gl.bindVertexArray(this.#array);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
    gl.bindVertexArray(null);
  }

  #putNear(place: number, row: number, at: number, sources: Sources): void {
    const { slots, sizes } = this.items;
    const near = sources.near(at, slots[row] ?? 0);
    const base = place * STRIDE;
    this.#octets[base + 25 + at] = near?.strength ?? 0;
    if (!near) return;
    const [cell, width, height] = [sources.cells[at] ?? 1, sizes[2 * row] ?? 1, sizes[2 * row + 1] ?? 1];
    const longest = Math.max(width, height);
    this.#halves[base / 2 + 14 + at] = near.place;
    this.#octets[base + 32 + 2 * at] = fitSide(cell, width, longest) - 1;
    this.#octets[base + 33 + 2 * at] = fitSide(cell, height, longest) - 1;
  }

  #put(place: number, row: number, positions: Float32Array, sharp: ReturnType<Sources["sharp"]>): void {
    const { slots, aspects, fits, colours } = this.items;
    const base = place * STRIDE;
    this.#floats[base / 4] = positions[2 * row] ?? 0;
    this.#floats[base / 4 + 1] = positions[2 * row + 1] ?? 0;
    this.#words[base / 4 + 2] = slots[row] ?? 0;
    this.#halves[base / 2 + 6] = aspects[2 * row] ?? 0;
    this.#halves[base / 2 + 7] = aspects[2 * row + 1] ?? 0;
    this.#octets[base + 16] = fits[2 * row] ?? 0;
    this.#octets[base + 17] = fits[2 * row + 1] ?? 0;
    this.#octets[base + 18] = sharp?.layer ?? 0;
    this.#octets[base + 19] = sharp?.strength ?? 0;
    this.#octets[base + 20] = colours[3 * row] ?? 0;
    this.#octets[base + 21] = colours[3 * row + 1] ?? 0;
    this.#octets[base + 22] = colours[3 * row + 2] ?? 0;
  }
}
