/** The beginning of a text that is longer than so many letters; a Chinese character takes the room of two. */
export function clipped(words: string, most = 180): string {
  let [width, end] = [0, 0];
  for (const character of words) {
    width += /[\u2e80-\uffff]/.test(character) ? 2 : 1;
    if (width > most) return `${words.slice(0, end).trimEnd()}…`;
    end += character.length;
  }
  return words;
}

/** A label short enough to be drawn; the whole one stands in the panel and in the tables. */
export function drawable(label: string, most = 38): string {
  // Marks of direction and control characters would turn around what stands beside them.
  return clipped(label.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, " ").trim(), most);
}
