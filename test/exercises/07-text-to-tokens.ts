import type { Lesson, Plain } from "../../lib/course/grader/exercise";
import type { Random } from "../../lib/random";

/** A word of `length` letters from an alphabet. */
function word(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[random.integer(alphabet.length)]!).join("");
}

/** Words of different lengths that occur more than once, spelled by their characters. */
function spelled(random: Random, count: number): Plain[] {
  return Array.from({ length: count }, (_, i) => ({
    symbols: Array.from(word(random, "aeshw", 3 + (i % 4))),
    count: 2 + random.integer(7),
  }));
}

/** As if learnt from a book about whales: the most frequent pair first. */
const merges: readonly (readonly [string, string])[] = [
  ["h", "e"],
  ["t", "he"],
  ["i", "n"],
  ["in", "g"],
  ["a", "t"],
  ["w", "h"],
  ["a", "l"],
  ["s", "e"],
  ["se", "a"],
  ["wh", "al"],
  ["whal", "e"],
  ["sea", "t"],
];

const pieces = ["sea", "seam", "s", "##a", "##m", "##s", "##an", "##man", "##e", "m", "man", "##ea", "a"];

/** Log probabilities that no two ways of spelling share. */
function scores(random: Random, tokens: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(tokens).map(([token, score]) => [token, score + random.uniform(-0.1, 0.1)]);
}

const lesson: Lesson = {
  name: "07-text-to-tokens",
  title: "Text to tokens",
  exercises: [
    {
      number: "07.1",
      slug: "tokens/pair-counts",
      title: "Count pairs, choose the next merge",
      why: "All that byte-pair encoding ever asks of a text is which two neighbours stand together most often.",
      difficulty: 1,
      minutes: 10,
      points: 2,
      exports: ["pairCounts", "nextMerge"],
      hints: [
        "A word that occurs 3 times in the text holds each of its pairs 3 times. And what if two pairs are equally frequent?",
        "Walk over the neighbours of each word and add the word's count to the pair. For the next merge keep the best pair so far: replace it by a more frequent one, or by an equally frequent one that is smaller as a string.",
        "`counts.set(pair, (counts.get(pair) ?? 0) + count)`, and replace the best if `n > best[1] || (n === best[1] && pair < best[0])`.",
      ],
      checks: [
        {
          title: "every place of every word counts",
          call: "pairCounts",
          inputs: (random) => [
            [
              [
                { symbols: ["s", "e", "a"], count: 3 },
                { symbols: ["s", "e", "e", "s"], count: 2 },
                { symbols: ["e", "s"], count: 4 },
                ...spelled(random, 6),
              ],
            ],
          ],
        },
        {
          title: "a a a holds the pair a a twice",
          call: "pairCounts",
          inputs: () => [[[{ symbols: ["a", "a", "a"], count: 5 }]]],
        },
        {
          title: "symbols of several letters, and a word of one symbol",
          call: "pairCounts",
          inputs: () => [
            [
              [
                { symbols: ["wh", "al", "e"], count: 3 },
                { symbols: ["I"], count: 7 },
                { symbols: ["al", "wh"], count: 2 },
              ],
            ],
          ],
        },
        {
          title: "the most frequent pair; of equals the first as a string",
          call: "nextMerge",
          inputs: (random) => {
            const high = 20 + random.integer(9);
            return [
              [
                [
                  ["t h", high],
                  ["a b", 3],
                  ["h e", high],
                  ["z z", 5],
                  ["i n", high],
                ],
              ],
              [
                [
                  ["a b", 3],
                  ["s e", 2 + high],
                  ["t h", high],
                ],
              ],
              [
                [
                  ["s e", 2 + high],
                  ["a b", 3],
                  ["b c", high],
                ],
              ],
            ];
          },
        },
      ],
      mistakes: [
        {
          name: "each word once",
          message:
            "You count each distinct word once, however often it occurs in the text. Then a rare word weighs as much as “the”, and the first merges go to the wrong pairs. Add the word's count.",
          edits: [
            ["counts.set(pair, (counts.get(pair) ?? 0) + count);", "counts.set(pair, (counts.get(pair) ?? 0) + 1);"],
          ],
        },
        {
          name: "the last pair is missing",
          message:
            "The last pair of every word is missing. A word of n symbols has n − 1 pairs, and the last symbol belongs to one of them.",
          edits: [
            [
              "for (let i = 1; i < symbols.length; i++) {\n      const pair",
              "for (let i = 1; i < symbols.length - 1; i++) {\n      const pair",
            ],
          ],
        },
        {
          name: "a new word overwrites",
          message:
            "Where several words hold the same pair, you keep only the count of the last one. Their counts add up.",
          edits: [["counts.set(pair, (counts.get(pair) ?? 0) + count);", "counts.set(pair, count);"]],
        },
        {
          name: "pairs across words",
          message:
            "Your pairs reach from the end of one word into the next one. The words stand in a list of counts, not in a text: their neighbours there mean nothing.",
          edits: [
            [
              "  const counts = new Map<string, number>();\n  for (const { symbols, count } of words) {",
              "  const counts = new Map<string, number>();\n  let before: string[] = [];\n  for (const { symbols: own, count } of words) {\n    const symbols = [...before, ...own];\n    before = [own[own.length - 1]!];",
            ],
          ],
        },
        {
          name: "pairs that overlap counted once",
          message:
            "In a a a you found the pair a a once. Only when a pair is *merged* is the middle symbol used up; counting takes every place.",
          edits: [
            [
              "counts.set(pair, (counts.get(pair) ?? 0) + count);",
              "counts.set(pair, (counts.get(pair) ?? 0) + count);\n      if (symbols[i - 1] === symbols[i] && symbols[i] === symbols[i + 1]) i++;",
            ],
          ],
        },
        {
          name: "ties by order of appearance",
          message:
            "Of equally frequent pairs you take the one that comes first in the list. Another order of the same text would then give another vocabulary. Compare the pairs as strings.",
          edits: [["count > best[1] || (count === best[1] && pair < best[0])", "count > best[1]"]],
        },
        {
          name: "ties by the last",
          message:
            "Of equally frequent pairs you keep the one that comes last in the list. Another order of the same text would then give another vocabulary. Compare the pairs as strings.",
          edits: [["count > best[1] || (count === best[1] && pair < best[0])", "count >= best[1]"]],
        },
        {
          name: "the first as a string, whatever its count",
          message: "You compare the pairs as strings before their counts. The string decides only between equals.",
          edits: [["count > best[1] || (count === best[1] && pair < best[0])", "pair < best[0]"]],
        },
      ],
    },
    {
      number: "07.2",
      slug: "tokens/merge",
      title: "One merge",
      why: "A tokenizer is trained by doing this a few thousand times, and it encodes by doing the same again.",
      difficulty: 1,
      minutes: 10,
      points: 1,
      exports: ["mergePair"],
      hints: [
        "In a a a, which two become one? And what is left for the third?",
        "Walk with an index. If this symbol and the next are the pair, put the joined symbol into the answer and step over both; else put this symbol there.",
        "`if (symbols[i] === left && symbols[i + 1] === right) { merged.push(left + right); i++; } else merged.push(symbols[i]);`",
      ],
      checks: [
        {
          title: "every place, and nothing else",
          call: "mergePair",
          inputs: (random) => [
            [["t", "h", "e", "n", "h", "t", "h", "e", "h", "t"], "t", "h"],
            [["h", "e", ...Array.from(word(random, "hest", 9)), "e", "h", "e", "s"], "h", "e"],
          ],
        },
        {
          title: "pairs that overlap: from left to right, each symbol once",
          call: "mergePair",
          inputs: () => [
            [["a", "a", "a", "a", "b", "a", "a", "a"], "a", "a"],
            [["a", "a", "a"], "a", "a"],
          ],
        },
        {
          title: "symbols of several letters",
          call: "mergePair",
          inputs: () => [[["s", "ea", "se", "a", "m", "s", "ea"], "s", "ea"]],
        },
        {
          title: "nothing to merge, and nothing at all",
          call: "mergePair",
          inputs: () => [
            [["w", "e"], "e", "w"],
            [[], "a", "b"],
          ],
        },
      ],
      mistakes: [
        {
          name: "a symbol used twice",
          message:
            "You use a symbol for two merges: in a a a the middle one belongs to both tokens, and the text grows longer. After a merge step over *both* symbols.",
          edits: [["merged.push(left + right);\n      i++;", "merged.push(left + right);"]],
        },
        {
          name: "only the first place",
          message:
            "You merge the first place only. One merge of the training changes every place where the pair stands.",
          edits: [
            [
              "if (symbols[i] === left && symbols[i + 1] === right) {",
              "if (symbols[i] === left && symbols[i + 1] === right && !merged.includes(left + right)) {",
            ],
          ],
        },
        {
          name: "from the right",
          message:
            "You merge from right to left: a a a becomes a aa. Encoding has to do exactly what training did, so the direction is fixed: from left to right.",
          edits: [
            [
              "  for (let i = 0; i < symbols.length; i++) {\n    if (symbols[i] === left && symbols[i + 1] === right) {\n      merged.push(left + right);\n      i++;\n    } else merged.push(symbols[i]!);",
              "  for (let i = symbols.length - 1; i >= 0; i--) {\n    if (symbols[i] === right && symbols[i - 1] === left) {\n      merged.unshift(left + right);\n      i--;\n    } else merged.unshift(symbols[i]!);",
            ],
          ],
        },
        {
          name: "the joined text compared",
          message:
            "You compare the joined text of two symbols: se + a and s + ea spell the same, but they are different pairs, and only one of them was asked for. Compare each symbol with its own.",
          edits: [
            [
              "if (symbols[i] === left && symbols[i + 1] === right) {",
              'if ([symbols[i], symbols[i + 1]].join("") === left + right) {',
            ],
          ],
        },
        {
          name: "either order",
          message:
            "You merge the pair in either order: h t is not t h. What you put there is not even what stood there.",
          edits: [
            [
              "if (symbols[i] === left && symbols[i + 1] === right) {",
              "if ((symbols[i] === left && symbols[i + 1] === right) || (symbols[i] === right && symbols[i + 1] === left)) {",
            ],
          ],
        },
        {
          name: "the last symbol is lost",
          message:
            "The last symbol is missing when it is not part of a pair. It has no right neighbour, but it is still a part of the word.",
          edits: [
            [
              "for (let i = 0; i < symbols.length; i++) {\n    if (symbols[i] === left && symbols[i + 1] === right) {\n      merged.push",
              "for (let i = 0; i < symbols.length - 1; i++) {\n    if (symbols[i] === left && symbols[i + 1] === right) {\n      merged.push",
            ],
          ],
        },
      ],
    },
    {
      number: "07.3",
      slug: "tokens/encode-by-rank",
      title: "Encode by the rank of merges",
      why: "This is how GPT reads: the merges are replayed in the order in which they were learnt, whatever tokens that gives.",
      difficulty: 2,
      minutes: 20,
      points: 2,
      exports: ["encodeByMerges"],
      hints: [
        "Work the example out on paper. Which pair of a b c d was learnt first? What is left of b after it was merged?",
        "Keep a Map from pair to rank. In a loop: look up every pair of neighbours, keep the lowest rank; if there is none you are done; else merge that pair everywhere.",
        '`ranks.get(symbols[i - 1] + " " + symbols[i])`, the smallest is `best`; `const [left, right] = merges[best];` and then the loop of 07.2.',
      ],
      checks: [
        {
          title: "the pair that was learnt first goes first",
          call: "encodeByMerges",
          inputs: () => [
            [
              "abcd",
              [
                ["a", "b"],
                ["c", "d"],
                ["b", "c"],
                ["bc", "d"],
              ],
            ],
            [
              "bcdab",
              [
                ["c", "d"],
                ["d", "a"],
                ["b", "c"],
                ["a", "b"],
                ["bc", "d"],
                ["cd", "ab"],
              ],
            ],
          ],
        },
        {
          title: "real merges, as often as they apply",
          call: "encodeByMerges",
          inputs: (random) => [
            ["wheating", merges],
            ["whalesea", merges],
            [`thewhale${word(random, "aehinstwgl", 14)}`, merges],
          ],
        },
        {
          title: "the same pair in several places, and overlapping",
          call: "encodeByMerges",
          inputs: () => [
            [
              "aaaaa",
              [
                ["a", "a"],
                ["aa", "a"],
              ],
            ],
            [
              "banana",
              [
                ["a", "n"],
                ["an", "an"],
                ["b", "a"],
              ],
            ],
          ],
        },
        {
          title: "characters that no merge knows, an emoji too",
          call: "encodeByMerges",
          inputs: () => [
            ["he🐳he", merges],
            ["", merges],
          ],
        },
      ],
      mistakes: [
        {
          name: "the longest token first",
          message:
            "You take the longest token that fits, from left to right. That is WordPiece's way. Byte-pair encoding asks for the pair that was learnt *first*; a model trained on one way of cutting reads the other as a foreign spelling.",
          edits: [
            [
              "  let symbols = Array.from(word);\n  for (;;) {",
              "  let symbols = Array.from(word);\n  const all = new Set(merges.map((pair) => pair.join('')));\n  const greedy: string[] = [];\n  for (let at = 0; at < symbols.length; ) {\n    let to = symbols.length;\n    while (to > at + 1 && !all.has(symbols.slice(at, to).join(''))) to--;\n    greedy.push(symbols.slice(at, to).join(''));\n    at = to;\n  }\n  if (merges.length) return greedy;\n  for (;;) {",
            ],
          ],
        },
        {
          name: "the leftmost pair first",
          message:
            "You merge the first pair that you meet from the left. Look at all pairs of the word before you decide: the one with the lowest rank goes first, wherever it stands.",
          edits: [["best = Math.min(best, rank);", "if (best === merges.length) best = rank;"]],
        },
        {
          name: "the highest rank first",
          message:
            "You merge the pair with the *highest* rank, the one learnt last. Rank 0 was the most frequent pair of the text; it comes first.",
          edits: [
            [
              "best = Math.min(best, rank);",
              "if (rank < merges.length && (best === merges.length || rank > best)) best = rank;",
            ],
          ],
        },
        {
          name: "one merge and no more",
          message:
            "You stop after one merge. The symbol it made has neighbours too, and may be half of another pair: go on until no pair is in the list.",
          edits: [["    symbols = next;\n  }\n  // END 07.3", "    return next;\n  }\n  // END 07.3"]],
        },
        {
          name: "half characters",
          message:
            'The emoji fell into two halves. JavaScript stores it as two units, and `split("")` or `word[i]` cuts between them; `Array.from(word)` does not.',
          edits: [["let symbols = Array.from(word);", 'let symbols = word.split("");']],
        },
      ],
    },
    {
      number: "07.4",
      slug: "tokens/wordpiece",
      title: "WordPiece: the longest match",
      why: "This is how BERT reads: from left to right, each time the longest token that fits.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["wordPiece"],
      hints: [
        "What do you look up first: the whole word, or its first letter? And what changes once you are inside the word?",
        "Start at 0. Let the end run from the end of the word back towards the start until the piece, with ## in front unless it is the first, is in the vocabulary. Keep it, go on from its end. If the end meets the start, the word is unknown.",
        '`while (end > start && !known.has(mark + word.slice(start, end))) end--;` and `if (end === start) return ["[UNK]"];`',
      ],
      checks: [
        {
          title: "the longest token that fits, then the longest that goes on",
          call: "wordPiece",
          inputs: (random) => [
            ["seaman", pieces],
            ["seams", pieces],
            [`sea${word(random, "mase", 6)}`, pieces],
          ],
        },
        {
          title: "a piece inside a word needs its mark, and a first one must have none",
          call: "wordPiece",
          inputs: () => [
            ["manes", pieces],
            ["seae", pieces],
            ["aman", pieces],
            ["eam", pieces],
          ],
        },
        {
          title: "a word that gets stuck is unknown as a whole",
          call: "wordPiece",
          inputs: () => [
            ["seaxman", pieces],
            ["seamanx", pieces],
          ],
        },
        { title: "an empty word has no tokens", call: "wordPiece", inputs: () => [["", pieces]] },
      ],
      mistakes: [
        {
          name: "the mark is forgotten",
          message:
            "You look up and return pieces inside the word without ##. `man` as a word and `##man` at the end of one are different tokens with different vectors.",
          edits: [['const mark = start > 0 ? "##" : "";', 'const mark = "";']],
        },
        {
          name: "the mark on every piece",
          message:
            "You mark the first piece too. `##` says: this goes on with what stands before it. Before the first piece stands nothing.",
          edits: [['const mark = start > 0 ? "##" : "";', 'const mark = "##";']],
        },
        {
          name: "the mark is looked up but not returned",
          message:
            "Your answer has no ##, though you seem to look for the right pieces. Without the mark the tokens are others, and nobody can tell where a word ends.",
          edits: [["tokens.push(mark + word.slice(start, end));", "tokens.push(word.slice(start, end));"]],
        },
        {
          name: "the shortest match",
          message:
            "You take the *shortest* token that fits. Then the long ones are never used, and the text becomes as long as with characters. Begin with the whole rest of the word and shorten it.",
          edits: [
            [
              "    let end = word.length;\n    while (end > start && !known.has(mark + word.slice(start, end))) end--;\n    if (end === start) return",
              "    let end = start + 1;\n    while (end <= word.length && !known.has(mark + word.slice(start, end))) end++;\n    if (end > word.length) return",
            ],
          ],
        },
        {
          name: "unknown from here on",
          message:
            "Where a word gets stuck you keep the pieces found so far and add [UNK]. BERT's WordPiece gives the whole word up: one [UNK] and nothing else.",
          edits: [['return ["[UNK]"];', 'return [...tokens, "[UNK]"];']],
        },
        {
          name: "one character unknown",
          message:
            "You skip the character that does not fit and go on behind it. BERT's WordPiece gives the whole word up: one [UNK] and nothing else.",
          edits: [
            [
              'if (end === start) return ["[UNK]"];\n    tokens.push(mark + word.slice(start, end));\n    start = end;',
              'tokens.push(end === start ? "[UNK]" : mark + word.slice(start, end));\n    start = end === start ? end + 1 : end;',
            ],
          ],
        },
      ],
    },
    {
      number: "07.5",
      slug: "tokens/viterbi",
      title: "Unigram: Viterbi's algorithm",
      why: "A word of n letters can be cut in 2ⁿ⁻¹ ways; Viterbi finds the best of them in n² steps. Speech recognisers and gene finders run on it too.",
      difficulty: 3,
      minutes: 25,
      points: 2,
      exports: ["viterbi"],
      hints: [
        "Suppose you knew the best way to spell every beginning of the word. Which choice is left for the whole word?",
        "For every end from 1 on try every start before it: best(start) plus the score of the token between. Keep the best total and the start that gave it. At last walk back: from the end of the word to its start, to that one's start, and so on, and turn the list round.",
        "`const total = best[start] + (scores.get(word.slice(start, end)) ?? -Infinity); if (total > best[end]) { best[end] = total; from[end] = start; }` and then `for (let end = word.length; end > 0; end = from[end]) tokens.unshift(word.slice(from[end], end));`",
      ],
      checks: [
        {
          title: "the most probable way, not the longest token",
          call: "viterbi",
          inputs: (random) => [
            ["seaman", scores(random, { s: -5, e: -4, a: -4.5, m: -5, n: -4, sea: -6, man: -6.5, seama: -16, ea: -7 })],
            [
              "whales",
              scores(random, { w: -6, h: -5, a: -4, l: -5, e: -3, s: -3, whale: -9, whales: -14, al: -8, es: -7 }),
            ],
          ],
        },
        {
          title: "more tokens can be more probable than fewer",
          call: "viterbi",
          inputs: (random) => [["inner", scores(random, { i: -3, n: -2, e: -2, r: -3, inn: -12, er: -9, ner: -20 })]],
        },
        {
          title: "a long word of many ways",
          call: "viterbi",
          inputs: (random) => [
            [
              `abba${word(random, "abc", 25)}`,
              scores(random, {
                a: -4,
                b: -4.7,
                c: -5.2,
                ab: -6.1,
                bb: -7.9,
                ba: -8.3,
                bba: -9.2,
                abc: -10.3,
                ca: -7.1,
                cb: -11,
              }),
            ],
          ],
        },
        { title: "an empty word", call: "viterbi", inputs: () => [["", [["a", -1]]]] },
      ],
      mistakes: [
        {
          name: "the longest token",
          message:
            "You take the longest token that fits, from left to right. A long token can be so rare that two shorter ones are more probable together. Compare sums of logarithms, not lengths.",
          edits: [
            [
              "const best = [0];\n  const from = [0];",
              "const greedy: string[] = [];\n  for (let at = 0; at < word.length; ) {\n    let to = word.length;\n    while (!scores.has(word.slice(at, to))) to--;\n    greedy.push(word.slice(at, to));\n    at = to;\n  }\n  if (greedy.length) return { tokens: greedy, logProbability: greedy.reduce((sum, t) => sum + scores.get(t)!, 0) };\n  const best = [0];\n  const from = [0];",
            ],
          ],
        },
        {
          name: "the fewest tokens",
          message:
            "You count tokens instead of adding their scores. Few tokens are often probable ones, but it is the probability that counts.",
          edits: [
            [
              "best[start]! + (scores.get(word.slice(start, end)) ?? -Infinity)",
              "best[start]! + (scores.has(word.slice(start, end)) ? -1 : -Infinity)",
            ],
          ],
        },
        {
          name: "only the last token's score",
          message:
            "You compare only the score of the token that ends here, without the best of what stands before it. So the last token is chosen well and the beginning by chance.",
          edits: [
            [
              "best[start]! + (scores.get(word.slice(start, end)) ?? -Infinity)",
              "scores.get(word.slice(start, end)) ?? -Infinity",
            ],
          ],
        },
        {
          name: "what is no token is free",
          message:
            "A piece that is not among the tokens costs you nothing, so it always wins. Its probability is 0, and the logarithm of 0 is −∞, not 0.",
          edits: [["(scores.get(word.slice(start, end)) ?? -Infinity);", "(scores.get(word.slice(start, end)) ?? 0);"]],
        },
        {
          name: "backwards",
          message:
            "Your tokens come in reverse order. You walk back from the end of the word, so each token found stands *before* the ones you have.",
          edits: [["tokens.unshift(word.slice(from[end]!, end))", "tokens.push(word.slice(from[end]!, end))"]],
        },
        {
          name: "the least probable",
          message:
            "You look for the smallest total. Logarithms of probabilities are negative, and the most probable way is the one nearest to 0: the largest.",
          edits: [
            ["best[end] = -Infinity;", "best[end] = Infinity;"],
            [
              "best[start]! + (scores.get(word.slice(start, end)) ?? -Infinity)",
              "best[start]! + (scores.get(word.slice(start, end)) ?? Infinity)",
            ],
            ["if (total > best[end]!) {", "if (total < best[end]!) {"],
          ],
        },
      ],
    },
    {
      number: "07.6",
      slug: "tokens/bytes",
      title: "Bytes, there and back",
      why: "With 256 bytes as its alphabet a tokenizer has a code for every text in the world, and nothing is ever unknown.",
      difficulty: 2,
      minutes: 15,
      points: 2,
      exports: ["toBytes", "fromTokens"],
      hints: [
        'The whale 🐳 is one character of four bytes, but `"🐳".length` is 2. How do you walk over characters? And can a token of two of its bytes be turned into text by itself?',
        "There: `for (const character of text)`, take `codePointAt(0)`, decide how many bytes follow, push the first, then 6 bits at a time from the highest. Back: first put all bytes into one list, then decode it once.",
        "`bytes.push([0, 0xC0, 0xE0, 0xF0][following] + (c >> (6 * following)))`, then for i from following − 1 down to 0: `bytes.push(0x80 + ((c >> (6 * i)) & 0x3F))`. Back: `tokens.flat()`.",
      ],
      checks: [
        {
          title: "characters of one, two and three bytes",
          call: "toBytes",
          inputs: (random) => [
            [`Ahab, ${word(random, "abcxyz", 5)}!`],
            ["café ϰητος"],
            ["鲸鱼—א"],
            [String.fromCodePoint(0x7f, 0x80, 0x7ff, 0x800, 0xffff)],
            [""],
          ],
        },
        {
          title: "an emoji is one character of four bytes",
          call: "toBytes",
          inputs: () => [["a🐳b"], [String.fromCodePoint(0x10000, 0x10ffff)]],
        },
        {
          title: "a character that is spread over tokens",
          call: "fromTokens",
          inputs: () => [
            [
              [
                [0x61, 0xc3],
                [0xa9, 0x21],
              ],
            ],
            [[[0x61], [0xf0, 0x9f], [0x90], [0xb3, 0x62]]],
          ],
        },
        {
          title: "whole words, with their own spaces",
          call: "fromTokens",
          inputs: () => [
            [[[0x43, 0x61, 0x6c, 0x6c], [0x20, 0x6d, 0x65], [0x21]]],
            [
              [
                [0xe9, 0xb2, 0xb8],
                [0xe9, 0xb1, 0xbc],
              ],
            ],
            [[]],
          ],
        },
        {
          title: "bytes that are no text",
          call: "fromTokens",
          inputs: () => [[[[0x61, 0xe9], [0x62]]]],
        },
      ],
      mistakes: [
        {
          name: "half characters",
          message:
            "You encode the two halves of an emoji one by one and get six bytes for it. `text[i]` and `charCodeAt` see UTF-16 units; `for (const character of text)` and `codePointAt(0)` see characters.",
          edits: [["for (const character of text) {", 'for (const character of text.split("")) {']],
        },
        {
          name: "numbers, not bytes",
          message:
            "You return the characters' own numbers. Beyond 127 those are not UTF-8, and beyond 255 they are not even bytes: there would be a million tokens before the first merge.",
          edits: [["const following = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;", "const following = 0;"]],
        },
        {
          name: "three bytes at most",
          message: "You have no case for four bytes. Characters from 0x10000 on, all emoji among them, need it.",
          edits: [["c < 0x10000 ? 2 : 3;", "2;"]],
        },
        {
          name: "the low bits first",
          message: "The bytes that follow come in the wrong order: the highest 6 bits stand first, the lowest last.",
          edits: [
            ["for (let i = following - 1; i >= 0; i--) bytes.push", "for (let i = 0; i < following; i++) bytes.push"],
          ],
        },
        {
          name: "the following bytes are not marked",
          message:
            "The bytes that follow lack their 0x80. With that mark they lie above all ASCII, so nobody can take a piece of a character for a letter.",
          edits: [["bytes.push(0x80 + ((c", "bytes.push(0 + ((c"]],
        },
        {
          name: "each token by itself",
          message:
            "You decode every token by itself. A character whose bytes lie in two tokens becomes two �. Put the bytes together first, and decode once.",
          edits: [
            [
              "return new TextDecoder().decode(Uint8Array.from(tokens.flat()));",
              'return tokens.map((token) => new TextDecoder().decode(Uint8Array.from(token))).join("");',
            ],
          ],
        },
        {
          name: "joined with spaces",
          message:
            "You put spaces between tokens. Decoding is not joining with spaces: the spaces of the text are bytes like any others, and are already in the tokens.",
          edits: [
            [
              "return new TextDecoder().decode(Uint8Array.from(tokens.flat()));",
              'return tokens.map((token) => new TextDecoder().decode(Uint8Array.from(token))).join(" ");',
            ],
          ],
        },
        {
          name: "every byte a character",
          message:
            "You make a character of every single byte: é becomes Ã©. You have surely seen such text on a badly made page. Bytes become characters by UTF-8, several at a time.",
          edits: [
            [
              "return new TextDecoder().decode(Uint8Array.from(tokens.flat()));",
              "return String.fromCharCode(...tokens.flat());",
            ],
          ],
        },
      ],
    },
    {
      number: "07.7",
      slug: "tokens/offsets",
      title: "Where does a token stand?",
      why: "A model answers in tokens and a reader wants text: to mark a name or cut out an answer you must know the way back.",
      difficulty: 2,
      minutes: 15,
      points: 1,
      exports: ["offsets"],
      hints: [
        "A token may occur twice in the text. What do you know about the second one's place?",
        "Make the text lower case. Keep the place where the last token ended. For each token take ## off, search it from that place on, and note where it begins and ends.",
        "`const start = lower.indexOf(plain, place); place = start + plain.length;`",
      ],
      checks: [
        {
          title: "spaces between tokens, none inside words",
          call: "offsets",
          inputs: () => [
            ["No  seaman", ["no", "sea", "##man"]],
            ["\tThe whale-ship\n sank.", ["the", "whale", "-", "ship", "sank", "."]],
          ],
        },
        {
          title: "the same token several times",
          call: "offsets",
          inputs: (random) => {
            const gap = " ".repeat(1 + random.integer(4));
            return [[`the sea,${gap}the SEA, the seas`, ["the", "sea", ",", "the", "sea", ",", "the", "sea", "##s"]]];
          },
        },
        {
          title: "behind an emoji",
          call: "offsets",
          inputs: () => [["A 🐳 blows 🌊 there", ["a", "🐳", "blow", "##s", "🌊", "there"]]],
        },
        { title: "no tokens", call: "offsets", inputs: () => [["", []]] },
      ],
      mistakes: [
        {
          name: "always the first occurrence",
          message:
            "You search from the beginning of the text each time, so a token that occurs twice gets its first place both times. Search from where the last token ended.",
          edits: [["lower.indexOf(plain, place)", "lower.indexOf(plain)"]],
        },
        {
          name: "lost spaces",
          message:
            "You add up the tokens' lengths as if they stood without gaps. The white space is in the text but in no token: from the first space on, everything is too far left.",
          edits: [["const start = lower.indexOf(plain, place);", "const start = place;"]],
        },
        {
          name: "the mark counted",
          message:
            "You count the two signs of ## as if they stood in the text. They are a note of the tokenizer; take them off before you measure.",
          edits: [["place = start + plain.length;", "place = start + token.length;"]],
        },
        {
          name: "the mark searched",
          message: "You search for `##man` in a text that has only `man`, and get −1. Take the mark off first.",
          edits: [['const plain = token.startsWith("##") ? token.slice(2) : token;', "const plain = token;"]],
        },
        {
          name: "the end belongs to it",
          message:
            "Your ends are one too small: `text.slice(start, end)` leaves `end` out, so it is the place *behind* the last letter.",
          edits: [["return { start, end: place };", "return { start, end: place - 1 };"]],
        },
        {
          name: "counted in characters",
          message:
            "Behind an emoji your places are too small: you count characters, and JavaScript's strings count UTF-16 units, of which an emoji has two. Tokenizers of different languages disagree here, and answers are cut out one letter off.",
          edits: [
            [
              "return { start, end: place };",
              "return { start: Array.from(text.slice(0, start)).length, end: Array.from(text.slice(0, place)).length };",
            ],
          ],
        },
        {
          name: "upper case is not found",
          message:
            "You search lower-case tokens in a text with upper case, and get −1. Make the text lower case first.",
          edits: [["const lower = text.toLowerCase();", "const lower = text;"]],
        },
      ],
    },
  ],
};

export default lesson;
