export interface StoreFixture {
  readonly x: 1;
}
export function runStoreTests(): void {}
