/*
 * Plotly's SVG is written to be restyled in a page. A picture needs a third of it: empty groups, classes, default
 * styles and digits beyond a tenth of a pixel go, and a marker that repeats is written once.
 */

/** What a style may leave out, because it is the default or means nothing in a picture. */
const font = "system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif"; // once, on the root
const idle =
  /^(opacity: ?1|(fill|stroke)-opacity: ?1|vector-effect: ?none|pointer-events:.*|cursor:.*|stroke-miterlimit:.*|font-variant: ?normal|font-style: ?normal|font-weight: ?(normal|400)|text-shadow:.*|text-transform: ?none|text-decoration-line: ?none|shape-rendering:.*|user-select:.*|-webkit.*|overflow: ?hidden|font-family:.*)$/;

export function compactSvg(svg: string): string {
  let text = svg
    .replace(/ (class|data-[\w-]+|pointer-events|xml:space|gradientUnits)="[^"]*"/g, (all, name) =>
      name === "gradientUnits" ? all : "",
    )
    .replace(/<image (?=[^>]*preserveAspectRatio="x)/g, '<image image-rendering="pixelated" ')
    .replace(/ clip-path="url\(#legend[^"]*"/g, "") // another font may be wider than the one measured with
    .replace(/ style="([^"]*)"/g, (_, style: string) => compactStyle(style))
    .replace(/ (d|transform|x|y|width|height|points)="([^"]*)"/g, (_, name, value) => ` ${name}="${shorter(value)}"`)
    .replace(/ d="M[^"]*[QC][^"]*"/g, straightened)
    .replace(/ d="(M[-\d.,MLZ]{80,})"/g, (_, d) => ` d="${relative(d)}"`)
    .replace(/ transform="translate\(0(,0)?\)"/g, "");
  text = withoutUnused(text);
  for (let before = ""; before !== text; ) {
    before = text;
    text = text
      .replace(/<(g|defs|clipPath|text)( [^>]*)?(\/>|><\/\1>)/g, "")
      .replace(/<path( (?!d=)[\w:-]+="[^"]*")*\/>/g, "");
  }
  return sharedMarkers(unwrapped(text)).replace("<svg ", `<svg font-family="${font}" `);
}

/** Numbers to a tenth of a pixel. */
const shorter = (value: string) =>
  value.includes(":")
    ? value
    : value.replace(/-?\d*\.\d{2,}(e-?\d+)?/g, (number) => String(Math.round(Number(number) * 10) / 10));

/** Contours are drawn as curves also when they are not smoothed: their control points then lie on their ends. */
const straightened = (d: string) =>
  d
    .replace(/Q([-\d.,]+) \1(?=[CQLMZ"])/g, "L$1")
    .replace(/C[-\d.,]+ ([-\d.,]+) \1(?=[CQLMZ"])/g, "L$1")
    .replace(/([CLM ])([-\d.,]+)Q\2 /g, "$1$2L");

/**
 * A long line in relative steps, which have fewer digits than places: `M10,10L12,11L13,9` is `M10,10l2,1,1,-2`.
 * Steps are taken between rounded places, so that errors do not add up.
 */
function relative(d: string): string {
  let [x, y, startX, startY] = [0, 0, 0, 0];
  let result = "";
  for (const [, command, arguments_] of d.matchAll(/([MLZ])([^MLZ]*)/g)) {
    if (command === "Z") {
      result += "Z";
      [x, y] = [startX, startY];
      continue;
    }
    const [toX, toY] = arguments_!.split(",").map((number) => Math.round(Number(number) * 10)) as [number, number];
    if (command === "M") {
      result += `M${toX / 10},${toY / 10}`;
      [startX, startY] = [toX, toY];
    } else if (toX !== x || toY !== y) {
      const step = `${fraction(toX - x)},${fraction(toY - y)}`.replace(",-", "-");
      const previous = /[MZ][^MZl]*$/.test(result) ? "l" : step.startsWith("-") ? "" : ",";
      result += previous + step;
    }
    [x, y] = [toX, toY];
  }
  return result;
}

/** Tenths as a decimal without its leading zero. */
const fraction = (tenths: number) => String(tenths / 10).replace(/^(-?)0\./, "$1.");

function compactStyle(style: string): string {
  const declarations = style.split(/; ?/);
  const hasStroke = !declarations.some((declaration) => /^stroke-width: ?0(px)?$/.test(declaration));
  const kept = declarations
    .filter((declaration) => hasStroke || !declaration.startsWith("stroke"))
    .filter((declaration) => declaration !== "" && !idle.test(declaration))
    .map((declaration) =>
      declaration
        .replace(": ", ":")
        .replace(/rgb\((\d+), (\d+), (\d+)\)/, hex)
        .replaceAll("'", ""),
    );
  return kept.length === 0 ? "" : ` style="${kept.join(";")}"`;
}

const hex = (_: string, ...channels: string[]) =>
  "#" +
  channels
    .slice(0, 3)
    .map((channel) => Number(channel).toString(16).padStart(2, "0"))
    .join("");

/** Clip paths that nothing refers to. */
function withoutUnused(svg: string): string {
  return svg.replace(/<clipPath[^>]* id="([^"]*)"[^>]*>.*?<\/clipPath>/g, (all, id) =>
    svg.includes(`#${id})`) ? all : "",
  );
}

/** Groups without attributes do nothing. */
function unwrapped(svg: string): string {
  const open: boolean[] = [];
  return svg.replace(/<g( [^>]*)?>|<\/g>/g, (tag) => {
    if (tag === "</g>") return open.pop() ? tag : "";
    open.push(tag !== "<g>");
    return tag === "<g>" ? "" : tag;
  });
}

/** Markers of the same shape and style, moved to their places: the first keeps its outline, the others use it. */
function sharedMarkers(svg: string): string {
  const marker = /<path transform="translate\(([-\d.]+),([-\d.]+)\)"((?: style="[^"]*")? d="[^"]*")\/>/g;
  const counts = new Map<string, number>();
  for (const [, , , look] of svg.matchAll(marker)) counts.set(look!, (counts.get(look!) ?? 0) + 1);
  const prefix = /id="clip([0-9a-f]+)/.exec(svg)?.[1] ?? "";
  const ids = new Map<string, string>();
  const definitions: string[] = [];
  const body = svg.replace(marker, (all, x, y, look) => {
    if (counts.get(look)! < 3) return all;
    if (!ids.has(look)) {
      ids.set(look, `m${prefix}${ids.size}`);
      definitions.push(`<path id="${ids.get(look)}"${look}/>`);
    }
    return `<use href="#${ids.get(look)}" x="${x}" y="${y}"/>`;
  });
  return definitions.length === 0 ? body : body.replace(/(<svg[^>]*>)/, `$1<defs>${definitions.join("")}</defs>`);
}
