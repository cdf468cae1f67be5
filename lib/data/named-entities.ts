/** What a word of a speech names. `none` first: most words name nothing. */
export const entityLabels = ["none", "state", "country", "president", "month"] as const;
export type EntityLabel = (typeof entityLabels)[number];

/** A word of a text with its place and what it names. */
export interface LabelledWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly label: EntityLabel;
}

const list = (text: string) => text.split(/\s*,\s*/);

/** The states, but for Washington, which in a speech is a man or a city. */
export const states: readonly string[] = list(
  "Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Georgia, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia, West Virginia, Wisconsin, Wyoming",
);

const gazetteer: readonly (readonly [EntityLabel, readonly string[]])[] = [
  ["state", states],
  [
    "country",
    list(
      "Afghanistan, Algeria, Argentina, Australia, Austria, Belgium, Bolivia, Brazil, Bulgaria, Burma, Cambodia, Canada, Chile, China, Colombia, Costa Rica, Cuba, Denmark, Ecuador, Egypt, England, Ethiopia, Finland, France, Germany, Great Britain, Greece, Guatemala, Haiti, Honduras, Hungary, India, Indonesia, Iran, Iraq, Ireland, Israel, Italy, Japan, Jordan, Korea, Kuwait, Laos, Lebanon, Liberia, Libya, Mexico, Morocco, Netherlands, New Zealand, Nicaragua, Norway, Pakistan, Panama, Paraguay, Persia, Peru, Philippines, Poland, Portugal, Prussia, Romania, Russia, Salvador, Scotland, Siam, South Africa, Soviet Union, Spain, Sweden, Switzerland, Syria, Thailand, Tunisia, Turkey, Ukraine, Uruguay, Venezuela, Vietnam, Yugoslavia",
    ),
  ],
  [
    "president",
    list(
      "Adams, Jefferson, Madison, Monroe, Jackson, Van Buren, Tyler, Polk, Taylor, Fillmore, Pierce, Buchanan, Lincoln, Johnson, Grant, Hayes, Garfield, Arthur, Cleveland, Harrison, McKinley, Roosevelt, Taft, Wilson, Harding, Coolidge, Hoover, Truman, Eisenhower, Kennedy, Nixon, Ford, Carter, Reagan, Bush, Clinton, Obama",
    ),
  ],
  ["month", list("January, February, March, April, May, June, July, August, September, October, November, December")],
];

/** Every name as its words. Longer names first: "New Mexico" before "Mexico". */
const names = gazetteer
  .flatMap(([label, entries]) => entries.map((entry) => ({ label, words: entry.split(" ") })))
  .sort((a, b) => b.words.length - a.words.length);

/** Words that are also something else in English: at a sentence's beginning their capital letter says nothing. */
const alsoWords = new Set(["March", "May", "August", "Grant", "Ford", "Bush", "Pierce", "Turkey", "Taylor", "China"]);

/**
 * The words of a sentence, labelled by a list of names: the states, the countries that the speeches speak of, the presidents'
 * family names and the months. Only capital letters tell *May* from *may*, which is why this can be done by rule: whoever
 * reads the sentence in lower case, as our BERT does, has to see it from the words around.
 *
 * Left out: the United States, which every other sentence names, and Washington, which is a city, a state and a president.
 */
export function labelByGazetteer(sentence: string): LabelledWord[] {
  const words = Array.from(sentence.matchAll(/[a-z]+|[0-9]+|[^\sa-z0-9]/gi), (match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const labels = words.map((): EntityLabel => "none");
  for (let i = 0; i < words.length; ) {
    const found = names.find(
      (name) =>
        name.words.every((part, j) => words[i + j]?.text === part) && !(i === 0 && alsoWords.has(name.words.join(" "))),
    );
    if (found) labels.fill(found.label, i, i + found.words.length);
    i += found?.words.length ?? 1;
  }
  return words.map((word, i) => ({ ...word, label: labels[i]! }));
}
