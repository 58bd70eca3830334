// Write src/coopcli/web/map.svg, the world map of the HTML page.
//
// The shapes are those of Natural Earth (public domain) at 1:50 million, as npm's world-atlas carries them, simplified
// and drawn in the Equal Earth projection. It shows de facto borders, as Natural Earth does. To run it:
//
//     npm install --no-save world-atlas@2.0.2 topojson-client@3.1.0 topojson-simplify@3.0.3 d3-geo@3.1.2 \
//         i18n-iso-countries@7.14.0
//     node tools/map.mjs
//
// A shape has the class m-XX, XX being its ISO 3166-1 alpha-2 code, or no class where it has no code. A class and not an
// id, because some countries have two shapes. A country smaller than a dot is a dot.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import * as simplify from "topojson-simplify";

const require = createRequire(import.meta.url);
const { numericToAlpha2 } = require("i18n-iso-countries");
const TARGET = new URL("../src/coopcli/web/map.svg", import.meta.url);

const WIDTH = 1100; // units of the drawing; whole numbers of them are fine enough
const DETAIL = 4.5e-5; // steradians: corners that span less than this triangle go
const ISLAND = 6e-5; // steradians: rings smaller than this go
const DOT = 18; // square units: a country smaller than this becomes a dot
const RADIUS = 3;
const ANTARCTICA = "010";

// Countries that Natural Earth draws and ISO 3166-1 does not number.
const UNNUMBERED = { Kosovo: "XK" };

const atlas = JSON.parse(readFileSync(require.resolve("world-atlas/countries-50m.json"), "utf8"));
atlas.objects = { countries: atlas.objects.countries };
atlas.objects.countries.geometries = atlas.objects.countries.geometries.filter(({ id }) => id !== ANTARCTICA);
const fine = feature(atlas, atlas.objects.countries);
const weighted = simplify.presimplify(atlas, simplify.sphericalTriangleArea);
const lighter = simplify.simplify(weighted, DETAIL);
const kept = simplify.filter(lighter, simplify.filterWeight(lighter, ISLAND, simplify.sphericalRingArea));
const coarse = new Map(feature(kept, kept.objects.countries).features.map((shape) => [shape.properties.name, shape]));

const projection = geoEqualEarth().precision(0).fitWidth(WIDTH, fine);
const path = geoPath(projection);
const height = Math.ceil(path.bounds(fine)[1][1]);

// Rings of whole numbers, each point relative to the one before: a third of the size of absolute decimals.
function draw(shape) {
  let data = "";
  let here = [0, 0];
  const rings = (path(shape) ?? "").split("M").slice(1);
  for (const ring of rings) {
    const points = ring.replace("Z", "").split("L").map((point) => point.split(",").map(Math.round));
    const distinct = points.filter(([x, y], n) => n === 0 || x !== points[n - 1][0] || y !== points[n - 1][1]);
    if (distinct.length < 3) continue;
    distinct.forEach(([x, y], n) => {
      const [dx, dy] = [x - here[0], y - here[1]];
      data += (n === 0 ? "m" : n === 1 ? "l" : dx < 0 ? "" : " ") + dx + (dy < 0 ? "" : " ") + dy;
      here = [x, y];
    });
    data += "z";
    here = distinct[0];
  }
  return data;
}

const drawn = fine.features.map((country) => {
  const { id, properties } = country;
  const code = UNNUMBERED[properties.name] ?? numericToAlpha2(id ?? "");
  const name = code ? ` class="m-${code}"` : "";
  const shape = path.area(country) < DOT ? "" : draw(coarse.get(properties.name));
  if (shape) return `<path${name} d="${shape}"/>`;
  const [x, y] = path.centroid(country).map(Math.round);
  return code ? `<circle${name} cx="${x}" cy="${y}" r="${RADIUS}"/>` : "";
});

const dotsLast = drawn.filter(Boolean).sort((a, b) => a.startsWith("<circle") - b.startsWith("<circle"));
writeFileSync(
  TARGET,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}">\n${dotsLast.join("\n")}\n</svg>\n`,
);
