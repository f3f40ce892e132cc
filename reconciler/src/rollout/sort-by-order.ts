const DIGIT_BITS = 11;
const DIGIT_VALUES = 2 ** DIGIT_BITS;
/** Five digits hold the 53 bits of an order. */
const DIGITS = 5;

/** Device numbers and their orders side by side; orders are integers from 0 to 2^53 - 1. */
export interface OrderedNumbers {
  readonly numbers: Uint32Array;
  readonly orders: Float64Array;
}

/** A sorted copy; equal orders keep their places. One digit after the other, so the time rises with the number only. */
export function sortByOrder(devices: OrderedNumbers): OrderedNumbers {
  let sorted = devices;
  for (let digit = 0; digit < DIGITS; digit += 1) sorted = sortByDigit(sorted, DIGIT_VALUES ** digit);
  return sorted;
}

function sortByDigit({ numbers, orders }: OrderedNumbers, unit: number): OrderedNumbers {
  const next = { numbers: new Uint32Array(numbers.length), orders: new Float64Array(numbers.length) };
  const places = placesOf(orders, unit);
  for (let index = 0; index < numbers.length; index += 1) {
    const order = orders[index] ?? 0;
    const digit = digitOf(order, unit);
    const place = places[digit] ?? 0;
    places[digit] = place + 1;
    next.orders[place] = order;
    next.numbers[place] = numbers[index] ?? 0;
  }
  return next;
}

/** For each digit the place of the first that has it. */
function placesOf(orders: Float64Array, unit: number): Uint32Array {
  const places = new Uint32Array(DIGIT_VALUES + 1);
  for (const order of orders) {
    const digit = digitOf(order, unit);
    places[digit + 1] = (places[digit + 1] ?? 0) + 1;
  }
  for (let digit = 1; digit <= DIGIT_VALUES; digit += 1)
    places[digit] = (places[digit] ?? 0) + (places[digit - 1] ?? 0);
  return places;
}

/** To take bits of a number makes an integer of it first, modulo 2^32. */
function digitOf(order: number, unit: number): number {
  return (order / unit) & (DIGIT_VALUES - 1);
}
