/** One workflow or folder in a list, with a menu of what can be done with it. */

import { ActionIcon, Menu } from "@mantine/core";
import { IconChevronRight, IconDots, IconFile, IconFolder, IconPhoto } from "@tabler/icons-react";
import { useState, type ComponentProps, type ReactNode } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { activeTab } from "../editor/workspace";
import { barredItem, useMayNot } from "../access/may-not";
import { useStrings } from "../i18n/language";
import type { UserEntry } from "../protocol/schema";
import { duplicate, move, remove } from "./manage";
import { NameField } from "./NameField";
import { fileCalled, folderOf, nameOf, pathOf, titleOf } from "./paths";
import classes from "./WorkflowsPanel.module.css";

export interface WorkflowRowProps {
  readonly entry: UserEntry;
  /** Of a folder in a tree; undefined for files. */
  readonly expanded?: boolean;
  /** Say in which folder it lies. */
  readonly withFolder?: boolean;
  readonly onOpen: () => void;
  /** What the tree wants of its rows. */
  readonly rowProps?: ComponentProps<"div">;
  /** Its name is to be changed; unset, the row sees to that itself. */
  readonly renaming?: boolean;
  readonly onRenaming?: (renaming: boolean) => void;
}

export function WorkflowRow({ entry, expanded, withFolder = false, onOpen, rowProps, ...rename }: WorkflowRowProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const mayNot = useMayNot("run");
  const [renamingHere, setRenamingHere] = useState(false);
  const { renaming = renamingHere, onRenaming = setRenamingHere } = rename;
  const shown = useStore(app.workspace, (workspace) => activeTab(workspace)?.file?.path);
  const { path, kind } = entry;
  const isFolder = kind === "folder";
  const title = isFolder ? nameOf(path) : titleOf(path);
  const folder = folderOf(path);
  const Icon = isFolder ? IconFolder : /\.json$/i.test(path) ? IconFile : IconPhoto;

  return (
    <div
      {...rowProps}
      className={[rowProps?.className, classes.row].join(" ")}
      data-shown={path === shown ? true : undefined}
    >
      {isFolder ? (
        <IconChevronRight
          size={14}
          className={classes.chevron}
          data-open={expanded === true ? true : undefined}
          aria-hidden
        />
      ) : (
        rowProps && <span className={classes.noChevron} />
      )}
      <Icon size={17} stroke={1.6} className={classes.icon} aria-hidden />
      {renaming ? (
        <NameField
          label={words.tabs.newName}
          value={title}
          onDone={(name) => {
            onRenaming(false);
            if (name !== null) void move(app, path, isFolder ? pathOf(folder, name) : fileCalled(folder, name));
          }}
        />
      ) : (
        <Name title={path} onOpen={rowProps ? null : onOpen}>
          <span className={classes.title}>{title}</span>
          {withFolder && folder !== "" && <span className={classes.folder}>{folder}</span>}
        </Name>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            className={classes.more}
            variant="subtle"
            color="gray"
            size={30}
            aria-label={words.menu.actions(title)}
            onClick={(event) => {
              event.stopPropagation();
            }}
          >
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown
          onClick={(event) => {
            event.stopPropagation(); // it is in the row for React, though not on the page
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
          }}
        >
          {!isFolder && <Menu.Item onClick={onOpen}>{words.menu.open}</Menu.Item>}
          <Menu.Item
            onClick={() => {
              onRenaming(true);
            }}
            {...barredItem(mayNot)}
          >
            {words.menu.rename}
          </Menu.Item>
          {!isFolder && (
            <Menu.Item onClick={() => void duplicate(app, path)} {...barredItem(mayNot)}>
              {words.menu.duplicate}
            </Menu.Item>
          )}
          {!isFolder && (
            <Menu.Item
              onClick={() => {
                app.ui.setState({ dialog: { kind: "versions", path } });
              }}
            >
              {words.menu.versions}
            </Menu.Item>
          )}
          {mayNot === null && <MoveItems path={path} />}
          <Menu.Divider />
          <Menu.Item c="var(--danger)" onClick={() => void remove(app, path)} {...barredItem(mayNot)}>
            {words.menu.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface NameProps {
  readonly title: string;
  /** Null: the row is what is pressed. */
  readonly onOpen: (() => void) | null;
  readonly children: ReactNode;
}

function Name({ title, onOpen, children }: NameProps) {
  return onOpen === null ? (
    <span className={classes.name} title={title}>
      {children}
    </span>
  ) : (
    <button type="button" className={classes.name} title={title} onClick={onOpen}>
      {children}
    </button>
  );
}

/** Into another folder, for who does not drag. */
function MoveItems({ path }: { readonly path: string }) {
  const app = useApp();
  const { files: words } = useStrings();
  const listing = useStore(app.files, (files) => files.listing) ?? [];
  const here = folderOf(path);
  const folders = ["", ...listing.filter(({ kind }) => kind === "folder").map((entry) => entry.path)].filter(
    (folder) => folder !== here && folder !== path && !folder.startsWith(`${path}/`),
  );
  if (folders.length === 0) return null;
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item>{words.menu.moveTo}</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown className={classes.folders}>
        {folders.map((folder) => (
          <Menu.Item key={folder} onClick={() => void move(app, path, pathOf(folder, nameOf(path)))}>
            {folder === "" ? words.saveAs.top : folder}
          </Menu.Item>
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}
