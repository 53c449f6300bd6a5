/** Three significant digits, and all digits before the decimal point: `0.123`, `1.23`, `12.3`, `1,235`. */
export function formatNumber(value: number): string {
  const decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** Bytes as MiB, or `unknown`. */
export function formatMebibytes(bytes: number | undefined): string {
  return bytes === undefined ? "unknown" : `${formatNumber(bytes / 2 ** 20)} MiB`;
}
