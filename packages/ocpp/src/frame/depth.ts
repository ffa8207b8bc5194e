const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Below this many characters a text cannot be nested deeply enough to hurt whoever serializes it again. */
const harmlessCharacters = 2_000;

/**
 * Is a JSON text nested deeper than that? What is nested thousands of levels deep parses well and then
 * overflows the stack of everybody who walks it.
 */
export function isDeeperThan(text: string, levels: number): boolean {
  if (text.length < harmlessCharacters) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case openBracket:
      case openBrace:
        if (++depth > levels) return true;
        break;
      case closeBracket:
      case closeBrace:
        depth--;
    }
  }
  return false;
}

/** Where the string that starts here ends; the end of the text when it does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
