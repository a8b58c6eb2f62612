/** One line in full width, with what can be done about it. */

import { Alert, Group } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./Banner.module.css";

interface BannerProps {
  readonly color: string;
  readonly icon: ReactNode;
  readonly text: string;
  readonly children?: ReactNode;
}

export function Banner({ color, icon, text, children }: BannerProps) {
  return (
    <Alert role="alert" color={color} radius={0} icon={icon} classNames={{ root: classes.banner, body: classes.body }}>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <span>{text}</span>
        <Group gap="xs" wrap="nowrap">
          {children}
        </Group>
      </Group>
    </Alert>
  );
}
