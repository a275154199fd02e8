#!/usr/bin/env python3
"""Digits as PNG and PPM files: MNIST's test images enlarged, and strokes on paper as a phone would see them.

Usage: photos.py enlarged DATA_FOLDER NEW_FOLDER N ZOOM [inverted]     N images as LABEL/NUMBER.png
       photos.py drawn NEW_FOLDER SEED                                 20 digits as NN-STYLE-LABEL.png
       photos.py phone NEW_FOLDER SEED                                 in colour, as NN-INK-LABEL.ppm
       photos.py huge NEW_FILE ROWS COLS                               a white PNG file
       photos.py cropped DATA_FOLDER NEW_FOLDER N                      as LABEL/NUMBER.png, enlarged, without a margin
       photos.py lines NEW_FOLDER SEED                                 0 to 4 above 5 to 9, lines.png; clear.png: a 3,
                                                                       black on nothing
       photos.py row NEW_FOLDER SEED                                   the digits 0 to 4 side by side, row.png
Standard library alone.
"""
import math
import os
import random
import struct
import sys
import zlib


def write_png(path, rows, colour_type=0):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    os.makedirs(os.path.dirname(path), exist_ok=True)
    raw = b"".join(b"\0" + bytes(row) for row in rows)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]) // (2 if colour_type else 1), len(rows), 8, colour_type, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(raw, 1)) + chunk(b"IEND", b""))


def enlarged(data, folder, n, zoom, invert):
    with open(f"{data}/t10k-images-idx3-ubyte", "rb") as file:
        images = file.read()[16:]
    with open(f"{data}/t10k-labels-idx1-ubyte", "rb") as file:
        labels = file.read()[8:]
    for i in range(n):
        image = images[784 * i:784 * (i + 1)]
        rows = []
        for r in range(28):
            row = bytes(v for p in image[28 * r:28 * (r + 1)] for v in [255 - p if invert else p] * zoom)
            rows += [row] * zoom
        write_png(f"{folder}/{labels[i]}/{i}.png", rows)


def arc(x, y, rx, ry, begin, end, n=24):
    angles = (math.radians(begin + (end - begin) * i / n) for i in range(n + 1))
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


# In a square of side 1, y downwards: lines of the pen.
STROKES = [
    [arc(.5, .5, .3, .45, -90, 270)],
    [[(.35, .25), (.55, .05), (.55, .95)]],
    [arc(.5, .28, .28, .24, -170, 40) + [(.2, .93), (.82, .93)]],
    [arc(.45, .27, .3, .23, -150, 90) + arc(.45, .72, .33, .24, -90, 150)],
    [[(.6, .05), (.15, .65), (.85, .65)], [(.65, .4), (.62, .97)]],
    [[(.78, .06), (.3, .06), (.26, .45)] + arc(.48, .68, .3, .27, -120, 140)],
    [[(.68, .05), (.4, .3)] + arc(.48, .7, .27, .25, -170, 190)],
    [[(.15, .08), (.85, .08), (.4, .96)]],
    [arc(.5, .27, .23, .21, 90, 450), arc(.5, .72, .28, .24, -90, 270)],
    [arc(.5, .3, .25, .24, 0, -360) + [(.75, .3), (.68, .95)]],
]
STYLES = "clean", "shadow", "noise", "lined", "blue", "tilted", "thin", "thick", "dark", "light"
ROWS, COLS = 300, 400


def draw(ink, strokes, top, left, side, width, tilt, shake):
    """Ink from 0 to 1 along the lines, by discs as wide as the pen."""
    for line in strokes:
        points = []
        for x, y in line:
            x, y = .75 * (x - .5) + shake.gauss(0, .01), y - .5 + shake.gauss(0, .01)
            points.append((left + side * (.5 + x * math.cos(tilt) - y * math.sin(tilt)),
                           top + side * (.5 + x * math.sin(tilt) + y * math.cos(tilt))))
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            steps = int(math.hypot(x1 - x0, y1 - y0)) + 1
            for s in range(steps + 1):
                x, y = x0 + (x1 - x0) * s / steps, y0 + (y1 - y0) * s / steps
                for r in range(int(y - width), int(y + width) + 2):
                    for c in range(int(x - width), int(x + width) + 2):
                        if 0 <= r < ROWS and 0 <= c < COLS:
                            ink[r][c] = max(ink[r][c], min(1, max(0, width / 2 + .5 - math.hypot(r - y, c - x))))


def photograph(path, ink, style, chance):
    rows = []
    for r in range(ROWS):
        paper = 180 if style == "lined" and r % 28 < 2 else 225
        row = []
        for c in range(COLS):
            light = 1 - .55 / (1 + math.exp(-(c - .6 * r - 100) / 40)) if style in ("shadow", "dark") else 1
            value = light * (paper * (1 - ink[r][c]) + (70 if style == "blue" else 40) * ink[r][c])
            value += chance.gauss(0, 12 if style in ("noise", "dark") else 2)
            row.append(min(255, max(0, int(255 - value if style == "light" else value))))
        rows.append(row)
    write_png(path, rows)


INKS = {"blue": (40, 60, 150), "black": (45, 42, 40), "red": (170, 40, 45), "pencil": (110, 110, 115)}


def photograph_in_colour(path, ink, colour, chance):
    """Ruled paper under warm light that falls off to a corner, blurred as by a lens, with the noise of a sensor."""
    corner, fall, line, offset = chance.choice((0, COLS)), chance.uniform(.2, .6), chance.randrange(24, 34), chance.randrange(20)
    rows = []
    for r in range(ROWS):
        row = bytearray()
        for c in range(COLS):
            light = 1 - fall * math.hypot(r, c - corner) / math.hypot(ROWS, COLS)
            paper = (165, 185, 215) if (r + offset) % line < 2 else (238, 234, 222)
            covered = (ink[r][c] + ink[max(r - 1, 0)][c] + ink[r][max(c - 1, 0)] + ink[max(r - 1, 0)][max(c - 1, 0)]) / 4
            for p, i in zip(paper, colour):
                value = light * (p * (1 - covered) + min(p, i) * covered) + chance.gauss(0, 5)
                row.append(min(255, max(0, int(value))))
        rows.append(bytes(row))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"P6\n%d %d\n255\n" % (COLS, ROWS) + b"".join(rows))


def phone(folder, seed):
    chance = random.Random(seed)
    for i in range(20):
        name = list(INKS)[(i + i // 4) % 4]
        ink = [[0.0] * COLS for _ in range(ROWS)]
        side = chance.uniform(90, 210)
        draw(ink, STROKES[i % 10], chance.uniform(30, ROWS - side - 30), chance.uniform(30, COLS - side - 30), side,
             chance.uniform(4, 9), chance.gauss(0, .12), chance)
        photograph_in_colour(f"{folder}/{i:02}-{name}-{i % 10}.ppm", ink, INKS[name], chance)


def drawn(folder, seed):
    chance = random.Random(seed)
    for i in range(20):
        style, digit = STYLES[(i + 5 * (i // 10)) % 10], i % 10
        ink = [[0.0] * COLS for _ in range(ROWS)]
        side = chance.uniform(110, 200)
        width = {"thin": 3, "thick": 20}.get(style, chance.uniform(6, 12))
        draw(ink, STROKES[digit], chance.uniform(30, ROWS - side - 30), chance.uniform(30, COLS - side - 30), side, width,
             chance.gauss(0, .08) + (.3 if style == "tilted" else 0), chance)
        photograph(f"{folder}/{i:02}-{style}-{digit}.png", ink, style, chance)


def cropped(data, folder, n):
    with open(f"{data}/t10k-images-idx3-ubyte", "rb") as file:
        images = file.read()[16:]
    with open(f"{data}/t10k-labels-idx1-ubyte", "rb") as file:
        labels = file.read()[8:]
    for i in range(n):
        image = [images[784 * i + 28 * r:784 * i + 28 * (r + 1)] for r in range(28)]
        image = [row for row in image if max(row) > 60]
        cols = [c for c in range(28) if max(row[c] for row in image) > 60]
        rows = [bytes(v for p in row[cols[0]:cols[-1] + 1] for v in [p] * 8) for row in image]
        write_png(f"{folder}/{labels[i]}/{i}.png", [row for row in rows for _ in range(8)])


def lines(folder, seed):
    chance = random.Random(seed)
    ink = [[0.0] * COLS for _ in range(ROWS)]
    for digit in range(10):
        draw(ink, STROKES[digit], 40 + 105 * (digit // 5) + chance.uniform(-6, 6), 5 + 78 * (digit % 5), 75, 6, 0, chance)
    photograph(f"{folder}/lines.png", ink, "clean", chance)
    ink = [[0.0] * COLS for _ in range(ROWS)]
    draw(ink, STROKES[3], 80, 150, 120, 12, 0, chance)
    write_png(f"{folder}/clear.png", [bytes(v for i in row for v in (0, int(255 * i))) for row in ink], 4)


def row(folder, seed):
    chance = random.Random(seed)
    ink = [[0.0] * COLS for _ in range(ROWS)]
    for digit in range(5):
        draw(ink, STROKES[digit], 110 + chance.uniform(-10, 10), 5 + 78 * digit, 75, 6, 0, chance)
    photograph(f"{folder}/row.png", ink, "clean", chance)


if sys.argv[1] == "enlarged":
    enlarged(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), len(sys.argv) > 6)
elif sys.argv[1] == "cropped":
    cropped(sys.argv[2], sys.argv[3], int(sys.argv[4]))
elif sys.argv[1] == "lines":
    lines(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "huge":
    write_png("./" + sys.argv[2], [b"\xff" * int(sys.argv[4])] * int(sys.argv[3]))
elif sys.argv[1] == "drawn":
    drawn(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "phone":
    phone(sys.argv[2], int(sys.argv[3]))
else:
    row(sys.argv[2], int(sys.argv[3]))
