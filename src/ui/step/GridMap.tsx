export function GridMap() {
  return null;
}
