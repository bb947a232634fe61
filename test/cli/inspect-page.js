// @ts-nocheck: this runs in a browser, whose types the project does not load.
/**
 * Put into a page as a script: measures every text as it is really laid out, and leaves what is wrong in `data-findings`
 * of the root element as JSON.
 */
addEventListener("load", () => {
  const texts = [...document.querySelectorAll("svg text")];
  const { scrollHeight } = document.documentElement;
  const problems = [...texts.flatMap(roomProblems), ...overlaps(), ...flowProblems()];
  document.documentElement.dataset.findings = JSON.stringify({ problems, texts: texts.length, height: scrollHeight });
});

const labelOf = (text) => `"${text.lastChild?.textContent}"`;

/** A text must fit its room, its drawing, and the box that it stands in. */
function roomProblems(text) {
  const problems = [];
  const room = Number(text.dataset.room);
  const taken = text.getComputedTextLength();
  if (!(taken <= room + 0.5)) problems.push(`${labelOf(text)} takes ${taken} of ${room}`);
  const box = text.getBoundingClientRect();
  const frame = text.ownerSVGElement.getBoundingClientRect();
  if (sticksOut(box, frame, 1)) problems.push(`${labelOf(text)} leaves its drawing`);
  const block = text.parentElement.querySelector(":scope > rect.block")?.getBoundingClientRect();
  if (block !== undefined && sticksOut(box, block, 2)) problems.push(`${labelOf(text)} leaves its box`);
  return problems;
}

function sticksOut(inner, outer, slack) {
  return (
    inner.left < outer.left - slack ||
    inner.right > outer.right + slack ||
    inner.top < outer.top - slack ||
    inner.bottom > outer.bottom + slack
  );
}

/** Lines of text are as high as the font says, which is more than their letters need: so some pixels are no overlap. */
function overlaps() {
  const slack = 3;
  return [...document.querySelectorAll("svg")].flatMap((svg) => {
    const boxes = [...svg.querySelectorAll("text")].map((text) => ({ text, box: text.getBoundingClientRect() }));
    return boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter(({ box }) => {
          const across = Math.min(one.box.right, box.right) - Math.max(one.box.left, box.left);
          const down = Math.min(one.box.bottom, box.bottom) - Math.max(one.box.top, box.top);
          return across > 1 && down > slack;
        })
        .map((other) => `${labelOf(one.text)} overlaps ${labelOf(other.text)}`),
    );
  });
}

/** What is not drawn must fit its cell, its table the page, the page the window; and nothing comes from elsewhere. */
function flowProblems() {
  const full = (element) => element.scrollWidth > element.clientWidth + 1;
  const cells = [...document.querySelectorAll("td, th, figcaption, li")].filter(full);
  const { scrollWidth } = document.documentElement;
  return [
    ...cells.map((cell) => `"${cell.textContent}" overflows its cell`),
    ...[...document.querySelectorAll(".wide")].filter(full).map(() => "a table is wider than the page"),
    ...(scrollWidth > innerWidth ? [`the page is ${scrollWidth} pixels wide, wider than the window`] : []),
    ...performance.getEntriesByType("resource").map(({ name }) => `request of ${name}`),
  ];
}
