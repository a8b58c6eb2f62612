/** What can be done with a workflow that is open. */

import { Menu } from "@mantine/core";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import type { Tab } from "../editor/workspace";
import { useStrings } from "../i18n/language";
import { closeTabs, placeTab } from "./close";
import { exportTab } from "./export";
import { save } from "./save";
import { openTab } from "./tabs";

export interface TabMenuProps {
  readonly tab: Tab;
  readonly onRename: () => void;
}

export function TabMenu({ tab, onRename }: TabMenuProps) {
  const app = useApp();
  const { files } = useStrings();
  const ids = useStore(app.workspace, ({ tabs }) => tabs).map(({ id }) => id);
  const { id, file, title, editor } = tab;
  const at = ids.indexOf(id);
  return (
    <Menu.Dropdown>
      <Menu.Item onClick={() => void save(app, id)}>{files.menu.save}</Menu.Item>
      <Menu.Item
        onClick={() => {
          app.ui.setState({ dialog: { kind: "save-as", tab: id } });
        }}
      >
        {files.menu.saveAs}
      </Menu.Item>
      <Menu.Item onClick={onRename}>{files.menu.rename}</Menu.Item>
      <Menu.Item onClick={() => openTab(app, { title: files.copyOf(title, 1), text: editor.document.text() })}>
        {files.menu.duplicate}
      </Menu.Item>
      {file && (
        <Menu.Item
          onClick={() => {
            app.ui.setState({ dialog: { kind: "versions", path: file.path } });
          }}
        >
          {files.menu.versions}
        </Menu.Item>
      )}
      <Menu.Divider />
      <Menu.Item onClick={() => void exportTab(tab, "canvas")}>{files.menu.exportCanvas}</Menu.Item>
      <Menu.Item onClick={() => void exportTab(tab, "api")}>{files.menu.exportApi}</Menu.Item>
      <Menu.Divider />
      <Menu.Item
        disabled={at === 0}
        onClick={() => {
          placeTab(app, id, at - 1);
        }}
      >
        {files.menu.moveLeft}
      </Menu.Item>
      <Menu.Item
        disabled={at === ids.length - 1}
        onClick={() => {
          placeTab(app, id, at + 1);
        }}
      >
        {files.menu.moveRight}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        onClick={() => {
          closeTabs(app, [id]);
        }}
      >
        {files.menu.close}
      </Menu.Item>
      <Menu.Item
        disabled={ids.length === 1}
        onClick={() => {
          closeTabs(
            app,
            ids.filter((other) => other !== id),
          );
        }}
      >
        {files.menu.closeOthers}
      </Menu.Item>
    </Menu.Dropdown>
  );
}
