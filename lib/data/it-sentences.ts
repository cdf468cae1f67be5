/** A sentence with one *it*, the noun that *it* stands for, and the noun that it does not stand for. */
export interface ItSentence {
  readonly text: string;
  readonly right: string;
  readonly wrong: string;
}

/** A thing and a person: who knows that a person is no *it* is done. In half of them the thing comes first. */
export const plainIts: readonly ItSentence[] = [
  ["The girl opened the box, but it was empty.", "box", "girl"],
  ["The tractor frightened the farmer when it started.", "tractor", "farmer"],
  ["My uncle painted the fence before it rotted.", "fence", "uncle"],
  ["The cup belonged to the nurse before it broke.", "cup", "nurse"],
  ["The boy threw the ball so far that it was lost.", "ball", "boy"],
  ["The crown suited the queen although it was heavy.", "crown", "queen"],
  ["The teacher closed the window because it rattled.", "window", "teacher"],
  ["The sail hid the sailor until it tore.", "sail", "sailor"],
  ["The clerk stamped the form before it expired.", "form", "clerk"],
  ["The tray belonged to the waiter until it was stolen.", "tray", "waiter"],
  ["The lawyer read the letter twice because it was strange.", "letter", "lawyer"],
  ["The bread pleased the baker because it was crisp.", "bread", "baker"],
  ["The farmer sold the tractor because it was old.", "tractor", "farmer"],
  ["The box fell on the girl because it was badly stacked.", "box", "girl"],
  ["The nurse washed the cup until it shone.", "cup", "nurse"],
  ["The fence stopped my uncle because it was high.", "fence", "uncle"],
  ["The queen wore the crown although it was heavy.", "crown", "queen"],
  ["The ball hit the boy after it bounced.", "ball", "boy"],
  ["The sailor mended the sail after it tore.", "sail", "sailor"],
  ["The window startled the teacher when it slammed.", "window", "teacher"],
  ["The waiter carried the tray until it slipped.", "tray", "waiter"],
  ["The form confused the clerk because it was blank.", "form", "clerk"],
  ["The baker sold the bread while it was warm.", "bread", "baker"],
  ["The letter worried the lawyer because it was unsigned.", "letter", "lawyer"],
].map(([text, right, wrong]) => ({ text: text!, right: right!, wrong: wrong! }));

/**
 * Twins: one word at the end decides, and the other noun is right. Whoever goes by places alone has half of them. The
 * idea is H. Levesque's, "The Winograd schema challenge" (2011); the sentences were written for this course.
 */
export const twinIts: readonly (readonly [ItSentence, ItSentence])[] = [
  ["The key does not fit into the lock because it is too", "key", "thick", "lock", "narrow"],
  ["The wind broke the branch because it was", "wind", "strong", "branch", "rotten"],
  ["The truck could not pass the tunnel because it was too", "truck", "high", "tunnel", "low"],
  ["The cat ate the mouse because it was", "cat", "hungry", "mouse", "tasty"],
  ["The jar would not go into the drawer because it was too", "jar", "tall", "drawer", "shallow"],
  ["The hammer broke the plate because it was", "hammer", "heavy", "plate", "thin"],
  ["The rug covers the stain because it is", "rug", "large", "stain", "small"],
  ["The rain filled the bucket because it was", "rain", "strong", "bucket", "empty"],
  ["The letter did not go into the envelope because it was too", "letter", "large", "envelope", "small"],
  ["The frog caught the fly because it was", "frog", "quick", "fly", "slow"],
  ["The horse pulled the cart easily because it was", "horse", "strong", "cart", "light"],
  ["The nail did not hold the picture because it was too", "nail", "short", "picture", "heavy"],
  ["The sofa did not come through the door because it was too", "sofa", "wide", "door", "narrow"],
  ["The knife cut the rope because it was", "knife", "sharp", "rope", "rotten"],
  ["The lamp lit the room well because it was", "lamp", "bright", "room", "small"],
  ["The wolf followed the sheep because it was", "wolf", "hungry", "sheep", "wounded"],
  ["The coat did not go into the bag because it was too", "coat", "thick", "bag", "full"],
  ["The stone sank the raft because it was", "stone", "heavy", "raft", "flimsy"],
  ["The umbrella did not cover the table because it was too", "umbrella", "small", "table", "long"],
  ["The spider caught the moth because it was", "spider", "patient", "moth", "careless"],
  ["The crane lifted the statue because it was", "crane", "powerful", "statue", "light"],
  ["The sun melted the snow because it was", "sun", "hot", "snow", "thin"],
  ["The dog caught the rabbit because it was", "dog", "fast", "rabbit", "tired"],
  ["The board did not reach across the stream because it was too", "board", "short", "stream", "wide"],
].map(([start, first, says, second, saysOther]) => [
  { text: `${start} ${says}.`, right: first!, wrong: second! },
  { text: `${start} ${saysOther}.`, right: second!, wrong: first! },
]);
