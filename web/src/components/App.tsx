import { Box } from "@mantine/core";

import { ConnectionBanner } from "./ConnectionBanner";
import { DropTarget } from "./DropTarget";
import { Header } from "./Header";
import { Stage } from "./Stage";
import { WorkflowPanel } from "./WorkflowPanel";
import classes from "./App.module.css";

export function App() {
  return (
    <Box className={classes.page}>
      <Header />
      <ConnectionBanner />
      <main className={classes.main}>
        <WorkflowPanel />
        <Stage />
      </main>
      <DropTarget />
    </Box>
  );
}
