import { NavLink, Stack, Title } from "@mantine/core";
import { IconChevronRight, IconSparkles } from "@tabler/icons-react";

import { useClient } from "../client/context";
import { en } from "../i18n/en";
import { useServer } from "../state/server";
import { titleOfExample } from "../workflow/workflow";

/** The workflows that came with the server, for who has none yet. */
export function Examples() {
  const client = useClient();
  const { examples, link } = useServer();
  if (examples.length === 0) return null;
  return (
    <Stack component="section" gap="xs" mt="md" aria-label={en.examples.heading}>
      <Title order={3} size="sm">
        {en.examples.heading}
      </Title>
      <div>
        {examples.map((name) => (
          <NavLink
            key={name}
            component="button"
            label={titleOfExample(name)}
            description={en.examples.about[name]}
            disabled={link !== "open"}
            leftSection={<IconSparkles size={18} stroke={1.5} aria-hidden />}
            rightSection={<IconChevronRight size={15} stroke={1.6} aria-hidden />}
            onClick={() => void client.openExample(name)}
          />
        ))}
      </div>
    </Stack>
  );
}
