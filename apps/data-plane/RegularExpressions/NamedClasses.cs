using System.Globalization;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>The classes that have names: Perl's, POSIX's, Unicode's categories and scripts (Go's regexp/syntax and unicode), cut to bytes.</summary>
internal static class NamedClasses
{
    private static readonly Dictionary<string, ByteSet> Posix = new()
    {
        ["alnum"] = ByteSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z')),
        ["alpha"] = ByteSet.Of(('A', 'Z'), ('a', 'z')),
        ["ascii"] = ByteSet.Of((0, 0x7F)),
        ["blank"] = ByteSet.Of(('\t', '\t'), (' ', ' ')),
        ["cntrl"] = ByteSet.Of((0, 0x1F), (0x7F, 0x7F)),
        ["digit"] = ByteSet.Of(('0', '9')),
        ["graph"] = ByteSet.Of(('!', '~')),
        ["lower"] = ByteSet.Of(('a', 'z')),
        ["print"] = ByteSet.Of((' ', '~')),
        ["punct"] = ByteSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~')),
        ["space"] = ByteSet.Of(('\t', '\r'), (' ', ' ')),
        ["upper"] = ByteSet.Of(('A', 'Z')),
        ["word"] = ByteSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')),
        ["xdigit"] = ByteSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
    };

    // Short names are those of UnicodeCategory in its order.
    private static readonly string[] ShortNames =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi",
        "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    // unicode.CategoryAliases; Go compares names without regard to case, hyphens and underscores.
    private static readonly Dictionary<string, string> LongNames = new Dictionary<string, string>
    {
        ["Letter"] = "L",
        ["Cased_Letter"] = "LC",
        ["Uppercase_Letter"] = "Lu",
        ["Lowercase_Letter"] = "Ll",
        ["Titlecase_Letter"] = "Lt",
        ["Modifier_Letter"] = "Lm",
        ["Other_Letter"] = "Lo",
        ["Mark"] = "M",
        ["Combining_Mark"] = "M",
        ["Nonspacing_Mark"] = "Mn",
        ["Spacing_Mark"] = "Mc",
        ["Enclosing_Mark"] = "Me",
        ["Number"] = "N",
        ["Decimal_Number"] = "Nd",
        ["digit"] = "Nd",
        ["Letter_Number"] = "Nl",
        ["Other_Number"] = "No",
        ["Separator"] = "Z",
        ["Space_Separator"] = "Zs",
        ["Line_Separator"] = "Zl",
        ["Paragraph_Separator"] = "Zp",
        ["Other"] = "C",
        ["Control"] = "Cc",
        ["cntrl"] = "Cc",
        ["Format"] = "Cf",
        ["Surrogate"] = "Cs",
        ["Private_Use"] = "Co",
        ["Unassigned"] = "Cn",
        ["Punctuation"] = "P",
        ["punct"] = "P",
        ["Connector_Punctuation"] = "Pc",
        ["Dash_Punctuation"] = "Pd",
        ["Open_Punctuation"] = "Ps",
        ["Close_Punctuation"] = "Pe",
        ["Initial_Punctuation"] = "Pi",
        ["Final_Punctuation"] = "Pf",
        ["Other_Punctuation"] = "Po",
        ["Symbol"] = "S",
        ["Math_Symbol"] = "Sm",
        ["Currency_Symbol"] = "Sc",
        ["Modifier_Symbol"] = "Sk",
        ["Other_Symbol"] = "So",
    }.ToDictionary(alias => Canonical(alias.Key), alias => alias.Value);

    // Of all scripts only these two have characters that are one byte.
    private static readonly Dictionary<string, ByteSet> Scripts = (
        "Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo Brahmi Braille "
        + "Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Coptic Cuneiform Cypriot Cypro_Minoan "
        + "Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha "
        + "Greek Gujarati Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited "
        + "Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki "
        + "Khudawadi Lao Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi "
        + "Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean "
        + "Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian "
        + "Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau "
        + "Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng "
        + "Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan "
        + "Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square")
        .Split(' ').ToDictionary(name => name, _ => ByteSet.Empty)
        .Append(new("Latin", ByteSet.Where(IsLatin))).Append(new("Common", ByteSet.Where(character => !IsLatin(character))))
        .ToDictionary();

    /// <summary>The class of <c>\d</c>, <c>\s</c>, <c>\w</c> or its opposite; null for another letter.</summary>
    public static ByteSet? Perl(char letter) => letter switch
    {
        'd' => Posix["digit"],
        'D' => Posix["digit"].Inverted(),
        's' => ByteSet.Of(('\t', '\n'), ('\f', '\r'), (' ', ' ')),
        'S' => ByteSet.Of(('\t', '\n'), ('\f', '\r'), (' ', ' ')).Inverted(),
        'w' => Posix["word"],
        'W' => Posix["word"].Inverted(),
        _ => null,
    };

    /// <summary>The class of <c>[:name:]</c>; null if there is none.</summary>
    public static ByteSet? PosixClass(string name) => Posix.GetValueOrDefault(name);

    /// <summary>The class of <c>\p{name}</c> by Go's rules, which are those of istiod; null if there is none.</summary>
    public static ByteSet? Unicode(string name) => Canonical(name) switch
    {
        "Any" => ByteSet.Any,
        "Assigned" => Category("Cn").Inverted(),
        "Ascii" => Posix["ascii"],
        "Lc" => Category("Lu").With(Category("Ll")),
        var known when IsCategory(known) => Category(known),
        var known when Scripts.GetValueOrDefault(known) is { } script => script,
        var known when LongNames.GetValueOrDefault(known) is { } alias => Unicode(alias),
        _ => null,
    };

    /// <summary>Whether RE2 in Envoy knows a name too; it has no aliases, and compares names exactly (unicode_groups.cc).</summary>
    public static bool IsKnownToEnvoy(string name) => name == "Any" || (IsCategory(name) && name != "Cn") || Scripts.ContainsKey(name);

    private static bool IsCategory(string name) =>
        name.Length is 1 or 2 && ShortNames.Any(category => category.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Go's regexp/syntax, canonicalName: an upper-case letter and then lower-case ones, and letters alone.</summary>
    private static string Canonical(string name)
    {
        var letters = string.Concat(name.Where(character => character is not ('_' or '-' or ' ')));
        return letters.Length == 0 ? "" : $"{letters[..1].ToUpperInvariant()}{letters[1..].ToLowerInvariant()}";
    }

    private static ByteSet Category(string name) => ByteSet.Where(character =>
        ShortNames[(int)CharUnicodeInfo.GetUnicodeCategory(character)].StartsWith(name, StringComparison.Ordinal));

    private static bool IsLatin(char character) =>
        char.IsAsciiLetter(character) || character is 'ª' or 'º' or (>= 'À' and not ('×' or '÷'));
}
