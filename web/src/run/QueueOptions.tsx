/** Beside the button that queues: at the front, several at once, by itself. */

import { Button, NumberInput, Popover, SegmentedControl, Stack, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconPlayerTrackPrevFilled } from "@tabler/icons-react";
import { useId } from "react";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { queue } from "./queue";
import { AUTO_MODES, MOST_AT_ONCE, useRunSettings } from "./settings";

export function QueueOptions({ disabled }: { disabled: boolean }) {
  const app = useApp();
  const { run: words } = useStrings();
  const { count, auto } = useRunSettings();
  const [opened, { close, toggle }] = useDisclosure();
  const autoLabel = useId();
  return (
    <Popover opened={opened} onDismiss={close} position="bottom-end" width={290} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Tooltip label={words.options} disabled={opened}>
          <Button size="sm" px={7} aria-label={words.options} aria-expanded={opened} onClick={toggle}>
            <IconChevronDown size={16} aria-hidden />
          </Button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.options}>
        <Stack gap="md">
          <Button
            variant="default"
            disabled={disabled}
            leftSection={<IconPlayerTrackPrevFilled size={15} aria-hidden />}
            onClick={() => {
              close();
              void queue(app, { count, front: true });
            }}
          >
            {words.front}
          </Button>
          <NumberInput
            label={words.atOnce}
            description={words.atOnceHint}
            value={count}
            min={1}
            max={MOST_AT_ONCE}
            step={1}
            allowDecimal={false}
            clampBehavior="strict"
            onChange={(value) => {
              if (typeof value === "number" && value >= 1) useRunSettings.setState({ count: value });
            }}
          />
          <div>
            <Text id={autoLabel} size="sm" fw={500} mb={4}>
              {words.auto.label}
            </Text>
            <SegmentedControl
              fullWidth
              size="xs"
              aria-labelledby={autoLabel}
              value={auto}
              data={AUTO_MODES.map((mode) => ({ value: mode, label: words.auto.modes[mode] }))}
              onChange={(mode) => {
                useRunSettings.setState({ auto: mode });
              }}
            />
            <Text size="xs" c="dimmed" mt={6}>
              {words.auto.hints[auto]}
            </Text>
          </div>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
