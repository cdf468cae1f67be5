import { inNotebook } from "./in-notebook";
import { warmUp } from "./static-svg";

export { attentionMap } from "./attention-map";
export { barChart } from "./bar-chart";
export { computationGraph } from "./computation-graph";
export { confusionMatrix } from "./confusion-matrix";
export { contourWithPaths } from "./contour-with-paths";
export { decisionBoundary, decisionGrid } from "./decision-boundary";
export { display } from "./display";
export { embeddingMap } from "./embedding-map";
export { type Figure, figure } from "./figure";
export { functionWithDerivative } from "./function-with-derivative";
export { heatmap } from "./heatmap";
export { histograms } from "./histograms";
export { imageGrid } from "./image-grid";
export { lineChart } from "./line-chart";
export { liveFigure } from "./live-figure";
export { liveTraining } from "./live-training";
export { nextTokenFigure } from "./next-token-figure";
export { scatterChart } from "./scatter-chart";
export { show } from "./show";
export { transformerWalk } from "./transformer-walk";

// A lesson that imports this room shows figures soon: what draws their static pictures loads while it is being read.
if (inNotebook()) setTimeout(warmUp, 500).unref();
