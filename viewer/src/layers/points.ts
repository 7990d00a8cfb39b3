/** All rows as gl.POINTS: the fast path while pictures are small, and while they travel between layouts. */
import { type ProgramInfo, setUniforms } from "twgl.js";
import { inOrder, type Range } from "../model/blocks";
import { BYTES_PER_PLACE, BYTES_PER_ROW } from "../model/budget";
import type { Items } from "../model/items";
import { MOST_INKS } from "../model/palette";
import { compile, type GL, makeBuffer } from "./context";
import { HIDDEN, PLACE, SAMPLE } from "./glsl";
import type { Spread } from "./spread";

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 left;
layout(location = 1) in vec2 entered;
layout(location = 2) in uint slot;
layout(location = 3) in vec2 aspect;
layout(location = 4) in uvec2 fitLess1;
layout(location = 5) in vec3 colour;
layout(location = 6) in float lit;
layout(location = 7) in uint ink;
uniform vec2 centre;
uniform vec2 scale;      // clip units per map unit
uniform float travel;
uniform float side;      // device pixels
out vec3 vOrigin;
out vec2 vFit;
out vec2 vAspect;
out vec3 vColour;
out float vLit;
flat out float vInk;
${PLACE}
void main() {
  vec2 at = (mix(left, entered, travel) - centre) * scale;
  gl_Position = skipped(lit) ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(at, 0.0, 1.0);
  gl_PointSize = max(1.0, side);
  vFit = vec2(fitLess1) + 1.0;
  // A very thin picture still covers a pixel.
  vAspect = max(aspect, vec2(1.0 / gl_PointSize));
  vColour = colour;
  vLit = lit;
  vInk = float(ink);
  place(slot, vFit, vOrigin);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec3 vOrigin;
in vec2 vFit;
in vec2 vAspect;
in vec3 vColour;
in float vLit;
flat in float vInk;
out vec4 result;
${SAMPLE}
void main() {
  vec2 uv = (gl_PointCoord - 0.5) / vAspect + 0.5;
  if (any(lessThan(uv, vec2(0.0))) || any(greaterThan(uv, vec2(1.0)))) discard;
  result = shown(framed(atlasColour(uv, vOrigin, vFit, vColour), uv, vAspect, vInk), vLit);
}`;

/** Dots: mean colours, without the atlas. Below two pixels or so they are truer than single texels, and much cheaper. */
const DOT_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 left;
layout(location = 1) in vec2 entered;
layout(location = 3) in vec2 aspect;
layout(location = 5) in vec3 colour;
layout(location = 6) in float lit;
layout(location = 7) in uint ink;
uniform vec2 centre;
uniform vec2 scale;
uniform float travel;
uniform float side;
uniform vec3 ground;
uniform float dim;
uniform vec3 palette[${MOST_INKS}];
out vec2 vAspect;
out vec3 vColour;
${HIDDEN}
void main() {
  vec2 at = (mix(left, entered, travel) - centre) * scale;
  gl_Position = skipped(lit) ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(at, 0.0, 1.0);
  gl_PointSize = max(1.0, side);
  vAspect = max(aspect, vec2(1.0 / gl_PointSize));
  vec3 shown = ink > 0u && side < 8.0 ? palette[int(ink) - 1] : colour;
  vColour = mix(ground, shown, mix(dim, 1.0, lit));
}`;

const DOT_FRAGMENT = `#version 300 es
precision highp float;
in vec2 vAspect;
in vec3 vColour;
out vec4 result;
void main() {
  vec2 uv = abs(gl_PointCoord - 0.5);
  if (any(greaterThan(uv, 0.5 * vAspect))) discard;
  result = vec4(vColour, 1.0);
}`;

/** The first attribute that all panes share. */
const FIRST = 2;
/** Per attribute: values per row, and bytes of each value. */
const WIDTHS = [2, 2, 1, 2, 2, 3, 1, 1] as const;

export class Points {
  readonly bytes: number;
  #cells: ProgramInfo | null = null;
  #dots: ProgramInfo | null = null;
  /** Of the attributes from the third on: where the rows lie is the spread's. */
  readonly #buffers: WebGLBuffer[];
  readonly #types: readonly [number, number][];
  #order: Uint32Array | null = null;

  constructor(
    readonly gl: GL,
    readonly items: Items,
  ) {
    this.bytes = (BYTES_PER_ROW - BYTES_PER_PLACE) * items.count;
    this.#types = [
      [gl.FLOAT, 4],
      [gl.FLOAT, 4],
      [gl.UNSIGNED_INT, 4],
      [gl.UNSIGNED_SHORT, 2],
      [gl.UNSIGNED_BYTE, 1],
      [gl.UNSIGNED_BYTE, 1],
      [gl.UNSIGNED_BYTE, 1],
      [gl.UNSIGNED_BYTE, 1],
    ];
    const { slots, aspects, fits, colours } = items;
    const lit = new Uint8Array(items.count).fill(255);
    const values = [slots, aspects, fits, colours, lit, new Uint8Array(items.count)];
    this.#buffers = values.map((value) => makeBuffer(gl, value, gl.DYNAMIC_DRAW));
  }

  /** Take the items as they are now, drawn in this order; light and inks are to be set again. */
  reorder(order: Uint32Array | null): void {
    this.#order = order;
    const { slots, aspects, fits, colours } = this.items;
    for (const [location, values] of [slots, aspects, fits, colours].entries())
      this.#replace(location + FIRST, values);
  }

  /** As model/highlight.ts has it. */
  setLit(lit: Uint8Array): void {
    this.#replace(6, lit);
  }

  /** 0 for no frame, else 1 + a place in the palette. */
  setInks(inks: Uint8Array): void {
    this.#replace(7, inks);
  }

  /** Every `stride`-th row of some stretches of the order; as dots, or with the cells of the atlas. */
  draw(
    spread: Spread,
    uniforms: Record<string, unknown>,
    ranges: readonly Range[],
    stride: number,
    dots: boolean,
  ): void {
    const { gl } = this;
    const program = dots ? this.#dotProgram() : this.#cellProgram();
    gl.useProgram(program.program);
    setUniforms(program, uniforms);
    gl.bindVertexArray(this.#arrayOf(spread, stride));
    for (const { first, count } of ranges)
      gl.drawArrays(gl.POINTS, first / stride, Math.ceil(count / stride));
    gl.bindVertexArray(null);
  }

  // Compiled when first needed: the first frame waits for no shader that it does not use.
  #cellProgram(): ProgramInfo {
    this.#cells ??= compile(this.gl, VERTEX, FRAGMENT);
    return this.#cells;
  }

  #dotProgram(): ProgramInfo {
    this.#dots ??= compile(this.gl, DOT_VERTEX, DOT_FRAGMENT);
    return this.#dots;
  }

  #arrayOf(spread: Spread, stride: number): WebGLVertexArrayObject {
    const known = spread.arrays.get(stride);
    if (known) return known;
    const array = this.gl.createVertexArray();
    this.gl.bindVertexArray(array);
    const buffers = [...spread.buffers, ...this.#buffers];
    for (const [location, buffer] of buffers.entries()) this.#point(location, stride, buffer);
    spread.arrays.set(stride, array);
    return array;
  }

  #point(location: number, stride: number, buffer: WebGLBuffer): void {
    const { gl } = this;
    const width = WIDTHS[location] ?? 1;
    const [type, bytes] = this.#types[location] ?? [gl.FLOAT, 4];
    const step = stride * width * bytes;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    // Slots, fits and inks are exact whole numbers; colours, aspects and the highlight are shares of the largest value.
    if (location === 2 || location === 4 || location === 7)
      gl.vertexAttribIPointer(location, width, type, step, 0);
    else gl.vertexAttribPointer(location, width, type, type !== gl.FLOAT, step, 0);
  }

  #replace(location: number, values: Uint32Array | Uint16Array | Uint8Array): void {
    const { gl } = this;
    const data: ArrayBufferView = inOrder(values, WIDTHS[location] ?? 1, this.#order);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[location - FIRST] ?? null);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, data as ArrayBufferView<ArrayBuffer>);
  }
}
