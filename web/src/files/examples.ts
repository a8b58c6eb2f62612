/** The workflows that came with the server. */

/** Their names; none when the server could not be asked. */
export async function fetchExamples(): Promise<readonly string[]> {
  try {
    const response = await fetch("/api/v1/examples");
    return response.ok ? ((await response.json()) as string[]) : [];
  } catch {
    return [];
  }
}

/** The text of one of them; null when it could not be had. */
export async function fetchExample(name: string): Promise<string | null> {
  try {
    const response = await fetch(`/api/v1/examples/${encodeURIComponent(name)}`);
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** A picture of what one of them paints. */
export function thumbnailUrl(name: string): string {
  return `/api/v1/examples/${encodeURIComponent(name)}/thumbnail`;
}

/** `text-to-image` as a person would write it: `Text to image`. */
export function titleOfExample(name: string): string {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
