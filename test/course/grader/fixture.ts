import { type Course, type LessonFiles, loadLesson } from "../../../lib/course/grader/lessons";

/** The small course of the grader's own tests. */
export const fixtureCourse: Course = {
  definitions: "test/course/grader/definitions",
  solutions: "test/course/grader/solutions",
  exercises: "test/course/grader/exercises",
};

export function loadFixture(): Promise<LessonFiles> {
  return loadLesson("90-fixture", fixtureCourse);
}
