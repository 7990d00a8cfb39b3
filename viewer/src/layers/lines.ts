/** A layout's lines, under its pictures. */
import { type ProgramInfo, setUniforms } from "twgl.js";
import type { Lines as Shape } from "../model/travel";
import { compile, type GL, makeBuffer } from "./context";
import type { Rgb } from "./frame";

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 point;
uniform vec2 centre;
uniform vec2 scale;      // clip units per map unit
void main() {
  gl_Position = vec4((point - centre) * scale, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 colour;
out vec4 result;
void main() {
  result = vec4(colour, 1.0);
}`;

/** How far a line's colour is from the ground's, towards black or white. */
const STRENGTH = 0.3;

export class Lines {
  readonly #program: ProgramInfo;
  readonly #array: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  #vertices = 0;

  constructor(readonly gl: GL) {
    this.#program = compile(gl, VERTEX, FRAGMENT);
    this.#array = gl.createVertexArray();
    gl.bindVertexArray(this.#array);
    this.#buffer = makeBuffer(gl, new Float32Array(0), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
  }

  get bytes(): number {
    return 8 * this.#vertices;
  }

  set(lines: Shape | null): void {
    const { gl } = this;
    const segments = lines ? segmentsOf(lines) : new Float32Array(0);
    this.#vertices = segments.length / 2;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, segments, gl.STATIC_DRAW);
  }

  close(): void {
    this.gl.deleteProgram(this.#program.program);
    this.gl.deleteVertexArray(this.#array);
    this.gl.deleteBuffer(this.#buffer);
  }

  /** `strength`: 0 is not to be seen, 1 is as strong as lines get. */
  draw(uniforms: Record<string, unknown>, ground: Rgb, strength: number): void {
    if (this.#vertices === 0 || strength <= 0) return;
    const { gl } = this;
    const end = ground[0] + ground[1] + ground[2] > 1.5 ? 0 : 1;
    const colour = ground.map((channel) => channel + (end - channel) * STRENGTH * strength);
    gl.useProgram(this.#program.program);
    setUniforms(this.#program, { ...uniforms, colour });
    gl.bindVertexArray(this.#array);
    gl.drawArrays(gl.LINES, 0, this.#vertices);
    gl.bindVertexArray(null);
  }
}

/** Two points for each piece between neighbouring points of a line. */
function segmentsOf({ points, ends }: Shape): Float32Array<ArrayBuffer> {
  const segments = new Float32Array(4 * (points.length / 2 - ends.length));
  let [start, at] = [0, 0];
  for (const end of ends) {
    for (let i = start; i + 1 < end; i++) {
      segments.set(points.subarray(2 * i, 2 * i + 4), at);
      at += 4;
    }
    start = end;
  }
  return segments;
}
