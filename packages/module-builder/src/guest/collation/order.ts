/**
 * The characters that differ in more than accents and case, in order: those of the Latin, Greek and Cyrillic scripts,
 * and what comes between words. Each is a single lower-case character in NFD; except й, which is a separate letter.
 *
 * Source: the root collation of CLDR, as in ICU 78; `collation.test.ts` compares it with Node's.
 */
export const punctuation: string =
  "\t\n\u000b\u000c\r\u2028\u2029 ‾_‗-‐‒–—―⁓,;⁏:!¡?¿‽.·⁕⁖⁘⁙⁚⁛⁜⁝⁞'‹›\"«»()[]{}⁅⁆‖§¶⁋@*⁎⁑/\\&⁊#%‰‱†‡•‣‧⁃⁌⁍′″‴⁗‵‶‷‸※‿⁔⁀⁐⁁" +
  "⁂";

/** Like {@link punctuation}: characters that count even if punctuation is ignored. */
export const symbols: string = "`´^¯¨¸͵°҂©®϶+±÷×<=>¬|¦~⁒⁄¤¢$£¥₠₡₢₣₤₥₦₩₪₫€₭₮₯₰₱₲₳₴₵₶₷₸₹₺₻₼₽₾₿⃀";

/** Like {@link punctuation}: digits and letters. */
export const letters: string =
  "01½¼23¾456789aɐɑɒbʙƀɓƃcȼƈɕdʥʤɖɗƌȡeɇǝəɛɘɚɜɝɞʚɤfʩƒgɡɢǥɠʛɣƣhʜƕɦɧiıɪɨɩjȷɉʝɟʄkƙʞlʟƚɫɬɭȴɮƛʎmɱnɴɲ" +
  "ƞɳȵŋoɶɔɵɷȣp₧ƥɸqʠɋĸrʀɍɹɺɻɼɽɾɿʁsʂȿʃƪʅʆtʨʧŧƫƭʈȶʇuʉɥʮʯɯɰʊvʋʌwʍxyʏɏƴȝzƶȥʐʑɀʒƹƺʓþƿƻƨƽƅʔɂŉʕʡʢʖǀǁǂ" +
  "ǃʗʘʬʭαβγδεϝͷϛζͱηθιϳκϗλμνξοπϻϟϙρϼσͼͻͽτυφχψωϡͳϸϣϥϧϩϫϭϯаәӕбвгғӻҕӷдԁђԃҙеєжԫҗзԅԑѕӡԇиҋійјкқӄҡҟҝԟԛ" +
  "лӆԯԓԡљԉԕмӎнԩӊңӈԣҥњԋоөпԥҧҁрҏԗсԍҫтԏҭћуүұѹфхӽӿҳһԧѡѿѽѻцҵчԭҷӌҹҽҿџшщъыьҍѣэюяԙѥѧѫѩѭѯѱѳѵҩԝӏ";

/** Characters that differ from others only by an accent. Source: as above. */
export const variants: Readonly<Record<string, string>> = {
  "\u00a0": " ",
  "\u202f": " ",
  "‑": "‐",
  "․": ".",
  "‘": "'",
  "’": "'",
  "‚": "'",
  "‛": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "‟": '"',
  "΄": "´",
  "¹": "1",
  "²": "2",
  "³": "3",
  ª: "a",
  đ: "d",
  ð: "d",
  ʣ: "dz",
  ǆ: "dz",
  ħ: "h",
  ł: "l",
  ŀ: "l",
  º: "o",
  ø: "o",
  ſ: "s",
  ʦ: "ts",
  ϐ: "β",
  ϵ: "ε",
  ϑ: "θ",
  ͺ: "ι",
  ϰ: "κ",
  µ: "μ",
  ϖ: "π",
  ϱ: "ρ",
  ϲ: "σ",
  ς: "σ",
  ϒ: "υ",
  ϕ: "φ",
  ґ: "г",
  "‼": "!!",
  "⁉": "!?",
  "⁈": "?!",
  "⁇": "??",
  "‥": "..",
  "…": "...",
  æ: "ae",
  ȸ: "db",
  ǳ: "dz",
  ĳ: "ij",
  ǉ: "lj",
  ʪ: "ls",
  ʫ: "lz",
  ǌ: "nj",
  œ: "oe",
  ȹ: "qp",
  "₨": "rs",
  ß: "ss",
  ƾ: "ts",
  ƍ: "zw",
};
