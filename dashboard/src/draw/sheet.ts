// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The Glowswarm authors

/* Many LEDs in lines: a picture of one pixel an LED, scaled up and cut to the shape of LEDs. So a strip
 * of thousands costs two copies of pictures, where as many shapes to fill would take longer than a frame has. */

export interface Sheet {
	/** r, g, b, opacity of each LED, to be filled in. */
	readonly colors: Uint8ClampedArray;
	/** Where it is drawn, in pixels of the canvas: its corner, the place of an LED, and of that the LED's own side. */
	fit(x: number, y: number, pitch: number, side: number): void;
	paint(onto: CanvasRenderingContext2D): void;
}

const SEEN = 2; // pixels of an LED that is narrower: so one of them is it alone

function picture(w: number, h: number): CanvasRenderingContext2D {
	const canvas = document.createElement("canvas");
	canvas.width = w;
	canvas.height = h;
	return canvas.getContext("2d")!;
}

export function createSheet(leds: number, across: number): Sheet {
	const down = Math.ceil(leds / across);
	const small = picture(across, down);
	const image = small.createImageData(across, down);
	const shapes = picture(1, 1);
	const layer = picture(1, 1);
	let corner = { x: 0, y: 0 };
	let inside = { x: 0, y: 0, w: 0, h: 0 };

	function cut(pitch: number, side: number) {
		const width = Math.min(pitch, Math.max(side, SEEN));
		const edge = (pitch - width) / 2;
		shapes.beginPath();
		for (let k = 0; k < leds; k++) {
			const x = inside.x + (k % across) * pitch + edge;
			const y = inside.y + Math.floor(k / across) * pitch + edge;
			shapes.roundRect(x, y, width, width, width > 4 ? width * 0.28 : 0);
		}
		shapes.fill();
	}

	return {
		colors: image.data,
		fit(x, y, pitch, side) {
			corner = { x: Math.floor(x), y: Math.floor(y) };
			inside = { x: x - corner.x, y: y - corner.y, w: across * pitch, h: down * pitch };
			for (const { canvas } of [shapes, layer]) {
				canvas.width = Math.max(1, Math.ceil(inside.x + inside.w));
				canvas.height = Math.max(1, Math.ceil(inside.y + inside.h));
			}
			layer.imageSmoothingEnabled = false;
			cut(pitch, side);
		},
		paint(onto) {
			small.putImageData(image, 0, 0);
			layer.globalCompositeOperation = "copy";
			layer.drawImage(small.canvas, inside.x, inside.y, inside.w, inside.h);
			layer.globalCompositeOperation = "destination-in";
			layer.drawImage(shapes.canvas, 0, 0);
			onto.save();
			onto.resetTransform();
			onto.drawImage(layer.canvas, corner.x, corner.y);
			onto.restore();
		},
	};
}

/** Copies r, g, b of LED `from` to LED `to`. */
export function setColor({ colors }: Sheet, to: number, seen: Uint8Array, from: number): void {
	for (let c = 0; c < 3; c++) colors[4 * to + c] = seen[3 * from + c]!;
	colors[4 * to + 3] = 255;
}
