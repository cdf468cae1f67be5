import type { Lesson } from "../../lib/course/grader/exercise";

const lesson: Lesson = {
  name: "00-welcome",
  title: "Welcome",
  exercises: [
    {
      number: "00.1",
      slug: "welcome/fahrenheit",
      title: "Multiply and add",
      why: "One multiplication and one addition: the smallest machine of this course, and the part all others are made of.",
      difficulty: 1,
      minutes: 3,
      points: 1,
      exports: ["fahrenheit"],
      hints: [
        "Try it on paper first: 20 °C. Which of the two operations comes first?",
        "Multiply the degrees Celsius by 1.8. Then add 32 to the product, and return the sum.",
        "The body is one line: `return 1.8 * celsius + …;`",
      ],
      checks: [
        {
          title: "water freezes at 32 °F and boils at 212 °F",
          call: "fahrenheit",
          inputs: () => [[0], [100]],
        },
        {
          title: "it holds between and beyond, also below zero",
          call: "fahrenheit",
          inputs: (random) => [[random.uniform(5, 40)], [random.uniform(-60, -45)], [random.uniform(300, 900)]],
        },
      ],
      mistakes: [
        {
          name: "32 is added before multiplying",
          message:
            "Your answer for 0 °C is 57.6: the 32 was multiplied too. Multiply first, add afterwards. In the next lesson the factor is called a weight and the 32 a bias, and the order will be the same.",
          edits: [["1.8 * celsius + 32", "1.8 * (celsius + 32)"]],
        },
        {
          name: "the way back",
          message:
            "Your function turns Fahrenheit into Celsius: it takes 32 away and divides. Here the input is Celsius, so go the other way round.",
          edits: [["1.8 * celsius + 32", "(celsius - 32) / 1.8"]],
        },
        {
          name: "5/9 instead of 9/5",
          message:
            "Your answers rise too slowly: from 0 °C to 100 °C they grow by 55.6, and they should grow by 180. One degree Celsius is *more* than one degree Fahrenheit, so the factor is greater than 1.",
          edits: [["1.8 * celsius + 32", "(5 / 9) * celsius + 32"]],
        },
        {
          name: "the kitchen rule",
          message:
            "“Double it and add 30” is a fine rule in a kitchen, and close near 10 °C. It is wrong everywhere else: your boiling water has 230 °F. Use the two numbers of the formula.",
          edits: [["1.8 * celsius + 32", "2 * celsius + 30"]],
        },
        {
          name: "32 is forgotten",
          message:
            "Your answer for 0 °C is 0. The two scales do not start at the same place: water freezes at 32 °F. Something must still be added after the multiplication.",
          edits: [["1.8 * celsius + 32", "1.8 * celsius"]],
        },
        {
          name: "rounded",
          message:
            "Your answers are whole numbers. That looks tidy and throws away what lies behind the point. Leave rounding to whoever prints the number.",
          edits: [["return 1.8 * celsius + 32;", "return Math.round(1.8 * celsius + 32);"]],
        },
      ],
    },
  ],
};

export default lesson;
