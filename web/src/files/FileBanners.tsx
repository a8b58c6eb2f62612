/** What the person has to know of their files before they go on: one line each, under the header. */

import { Button, CloseButton } from "@mantine/core";
import { IconAlertTriangle, IconFileAlert, IconHistory } from "@tabler/icons-react";
import { useStore } from "zustand";

import { useActiveTab, useApp } from "../editor/app";
import { useLanguage, useStrings } from "../i18n/language";
import { Banner } from "./Banner";
import { tellNews, type Leftover } from "./files";
import { MissingBanner } from "./MissingBanner";
import { momentOf } from "./moments";
import { loadTheirs } from "./theirs";

export function FileBanners() {
  const { files } = useApp();
  const { files: words } = useStrings();
  const { leftovers, draftsKept } = useStore(files);
  return (
    <>
      {!draftsKept && (
        <Banner color="red" icon={<IconAlertTriangle size={18} aria-hidden />} text={words.banners.draftsLost} />
      )}
      {leftovers.map((leftover) => (
        <LeftoverBanner key={leftover.window} {...leftover} />
      ))}
      <NewsBanner />
      <MissingBanner />
    </>
  );
}

function LeftoverBanner({ titles, at, open, discard }: Leftover) {
  const { files: words } = useStrings();
  const language = useLanguage((state) => state.language);
  return (
    <Banner
      color="blue"
      icon={<IconHistory size={18} aria-hidden />}
      text={words.banners.recovered(titles.join(", "), momentOf(at / 1000, language))}
    >
      <Button size="compact-sm" onClick={() => void open()}>
        {words.menu.open}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => void discard()}>
        {words.banners.discard}
      </Button>
    </Banner>
  );
}

/** What happened to the file of the workflow that is shown. */
function NewsBanner() {
  const app = useApp();
  const tab = useActiveTab();
  const { files: words } = useStrings();
  const told = useStore(app.files, ({ news }) => (tab ? news.get(tab.id) : undefined));
  if (!tab?.file || told === undefined) return null;
  const { id, file, changed } = tab;
  const dismiss = (
    <CloseButton
      size="sm"
      aria-label={words.banners.dismiss}
      onClick={() => {
        tellNews(app.files, id, null);
      }}
    />
  );
  const icon = <IconFileAlert size={18} aria-hidden />;
  if (told === "open-elsewhere") {
    return (
      <Banner color="gray" icon={icon} text={words.banners.openElsewhere(file.path)}>
        {dismiss}
      </Banner>
    );
  }
  return (
    <Banner
      color="orange"
      icon={icon}
      text={told === "gone" ? words.banners.gone(file.path) : words.banners.changed(file.path)}
    >
      {told === "changed" && !changed ? (
        <Button size="compact-sm" onClick={() => void loadTheirs(app, id)}>
          {words.banners.load}
        </Button>
      ) : (
        <Button
          size="compact-sm"
          onClick={() => {
            app.ui.setState({ dialog: { kind: "conflict", tab: id } });
          }}
        >
          {words.banners.decide}
        </Button>
      )}
      {dismiss}
    </Banner>
  );
}
