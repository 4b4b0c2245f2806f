using System.Text;
using GopherMesh.DataPlane.RegularExpressions;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>Expressions and the values of a header that Envoy 1.40 held against them on a cluster: byte by byte, and the whole value.</summary>
public sealed class RegularExpressionTests
{
    [Theory]
    [InlineData("[[:digit:]]+", "42", true)]
    [InlineData("[[:digit:]]+", ":", false)]
    [InlineData("[[:digit:]]+", "d]", false)]
    [InlineData("[[:digit:]]+", "", false)]
    [InlineData("[[:^digit:]]+", "ab", true)]
    [InlineData("[[:^digit:]]+", "1", false)]
    [InlineData("[[:word:]-]+", "a_1-", true)]
    [InlineData("[[:word:]-]+", "\u00e9", false)]
    [InlineData("\\d+", "42", true)]
    [InlineData("\\d+", "\u0663", false)]
    [InlineData("\\w+", "a\u00e9", false)]
    [InlineData("\\w+", "abc", true)]
    [InlineData("a\\sb", "a b", true)]
    [InlineData("a\\sb", "a\u0009b", true)]
    [InlineData("a\\sb", "a\u00a0b", false)]
    [InlineData(".*\\bfoo\\b.*", "a foo b", true)]
    [InlineData(".*\\bfoo\\b.*", "\u00e9foo\u00e9", true)]
    [InlineData(".*\\bfoo\\b.*", "xfoox", false)]
    [InlineData("a.b", "axb", true)]
    [InlineData("a.b", "a\u00e9b", false)]
    [InlineData("a.b", "a\u00ff b", false)]
    [InlineData("(?s)a.b", "axb", true)]
    [InlineData("(?i)ABC", "abc", true)]
    [InlineData("(?i)ABC", "ABC", true)]
    [InlineData("(?i)k", "K", true)]
    [InlineData("(?i)k", "\u212a", false)]
    [InlineData("(?i:a)B", "AB", true)]
    [InlineData("(?i:a)B", "Ab", false)]
    [InlineData("(?U)a+", "aaa", true)]
    [InlineData("(?m)^a$", "a", true)]
    [InlineData("^a$", "a", true)]
    [InlineData("^a$", "ba", false)]
    [InlineData("a^b", "ab", false)]
    [InlineData("\\Aa\\z", "a", true)]
    [InlineData("(?P<n>a)b", "ab", true)]
    [InlineData("(?<n>a)b", "ab", true)]
    [InlineData("\\Qa.b\\E", "a.b", true)]
    [InlineData("\\Qa.b\\E", "axb", false)]
    [InlineData("\\x41\\x{42}", "AB", true)]
    [InlineData("\\101", "A", true)]
    [InlineData("\\p{L}+", "\u00e9", false)]
    [InlineData("\\p{L}+", "abc", true)]
    [InlineData("\\p{Greek}+", "\u03b1", false)]
    [InlineData("\\PL", "1", true)]
    [InlineData("\\p{Lu}", "\u00c9", false)]
    [InlineData("\\p{Lu}", "E", true)]
    [InlineData("\\p{^L}", "1", true)]
    [InlineData("a{2,3}", "aa", true)]
    [InlineData("a{2,3}", "aaaa", false)]
    [InlineData("a{,3}", "a", false)]
    [InlineData("a{,3}", "a{,3}", true)]
    [InlineData("a{,3}", "aaa", false)]
    [InlineData("a{2,}", "aaa", true)]
    [InlineData("a{1000}", "a", false)]
    [InlineData("a{b", "a{b", true)]
    [InlineData("a+?", "aa", true)]
    [InlineData("a|b", "a", true)]
    [InlineData("a|b", "b", true)]
    [InlineData("a|b", "ab", false)]
    [InlineData("a|", "a", true)]
    [InlineData("a|", "", true)]
    [InlineData("[\\d\\-\\]]+", "1-]", true)]
    [InlineData("[a-z&&[b]]", "b", false)]
    [InlineData("[a-z&&[b]]", "b]", true)]
    [InlineData("[a-z&&[b]]", "&]", true)]
    [InlineData("[a-z-[aeiou]]", "b", false)]
    [InlineData("[a-z-[aeiou]]", "a", false)]
    [InlineData("[a-z-[aeiou]]", "b]", true)]
    [InlineData("[a-z-[aeiou]]", "a]", true)]
    [InlineData("[a-z-[aeiou]]", "-]", true)]
    [InlineData("a]", "a]", true)]
    [InlineData("a}", "a}", true)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[]a]", "a", true)]
    [InlineData("[^a]", "b", true)]
    [InlineData("[^a]", "\u00e9", false)]
    [InlineData("\u00e9", "\u00e9", true)]
    [InlineData("[\u00e9]", "\u00e9", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("\\n", "x", false)]
    [InlineData("\\-\\/\\@\\_", "-/@_", true)]
    [InlineData("a b", "a b", true)]
    [InlineData("a#b", "a#b", true)]
    [InlineData("()", "", true)]
    [InlineData(".*", "", true)]
    [InlineData(".*", "a", true)]
    [InlineData("\\pN", "1", true)]
    [InlineData("\\W", "\u00e9", false)]
    [InlineData("\\W", "-", true)]
    [InlineData("..", "\u00e9", true)]
    [InlineData("a\\Bb", "ab", true)]
    [InlineData("\\\"", "\"", true)]
    [InlineData("\\<a\\>", "<a>", true)]
    [InlineData("\\<a\\>", "a", false)]
    [InlineData("\\`a\\'", "`a'", true)]
    public void A_value_matches_where_it_does_for_Envoy(string expression, string value, bool matches)
    {
        var compiled = Re2.TryCompile(expression, wholeText: true, out var problem);

        Assert.Equal("", problem);
        Assert.Equal(matches, compiled!.IsMatch(Re2.Input(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value)))));
    }

    [Theory]
    [InlineData(@"a\Z", @"invalid escape sequence: `\Z`")]
    [InlineData("(?#c)a", "invalid or unsupported Perl syntax: `(?#`")]
    [InlineData(@"\e", @"invalid escape sequence: `\e`")]
    [InlineData(@"\p{IsGreek}", @"invalid character class range: `\p{IsGreek}`")]
    [InlineData(@"\p{Old_Italic}", @"invalid character class range: `\p{Old_Italic}`")]
    [InlineData("(?<=a)b", "invalid named capture: `(?<=a)b`")]
    [InlineData("(?>a)", "invalid or unsupported Perl syntax: `(?>`")]
    [InlineData(@"(a)\1", @"invalid escape sequence: `\1`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("*", "missing argument to repetition operator: `*`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData("(a{100}){11}", "invalid repeat count: `{11}`")]
    [InlineData("[b-a]", "invalid character class range: `b-a`")]
    [InlineData("[[:foo:]]", "invalid character class range: `[:foo:]`")]
    [InlineData("(", "missing closing ): `(`")]
    [InlineData(")", "unexpected ): `)`")]
    [InlineData("[a", "missing closing ]: `[a`")]
    [InlineData("(?<né>a)", "invalid named capture: `(?<né>`")]
    public void What_is_no_RE2_is_refused_in_the_words_of_Istio(string expression, string words)
    {
        Assert.Null(Re2.TryCompile(expression, wholeText: true, out var problem));

        Assert.Contains(words, problem, StringComparison.Ordinal);
    }

    /// <summary>As Envoy 1.40 did, alone on this machine: both cases are added to a class before it is inverted.</summary>
    [Theory]
    [InlineData(@"(?i)\P{Lu}", "a", false)]
    [InlineData(@"(?i)\P{Lu}", "1", true)]
    [InlineData(@"(?i)[\P{Lu}]", "A", false)]
    [InlineData(@"(?i)\p{^Lu}", "a", false)]
    [InlineData("(?i)[[:^upper:]]", "a", false)]
    [InlineData("(?i)[[:^upper:]]", "-", true)]
    [InlineData("(?i)[^[:upper:]]", "a", false)]
    [InlineData("(?i)[[:upper:]1]", "a", true)]
    [InlineData("(?i)[^a]", "A", false)]
    [InlineData("^*a", "a", true)]
    [InlineData(@"a\Q\E*", "aaa", true)]
    public void Letters_of_both_cases_are_in_a_class_before_it_is_inverted(string expression, string value, bool matches)
    {
        var compiled = Re2.TryCompile(expression, wholeText: true, out var problem);

        Assert.Equal("", problem);
        Assert.Equal(matches, compiled!.IsMatch(value));
    }

    /// <summary>As Envoy 1.40 did, alone on this machine.</summary>
    [Theory]
    [InlineData("b*", "-", "/abc", "-/-a-c-")]
    [InlineData("a*", "X", "aaa", "X")]
    [InlineData("(a)(b)?", @"[\1\2]", "/ab/a", "/[ab]/[a]")]
    [InlineData("a", @"\0\0", "/aba", "/aabaa")]
    [InlineData("(a)", @"\2", "/a", "/a")]
    [InlineData("a", @"\1", "/a", "/a")]
    [InlineData("a", @"b\xc", "/aa", "/bb")]
    [InlineData("a", @"b\", "/a-", "/b-")]
    [InlineData("a", @"\\", "/a", @"/\")]
    [InlineData("z", "b", "/a", "/a")]
    [InlineData("^", "/v1", "/a", "/v1/a")]
    [InlineData("$", "/", "/a", "/a/")]
    [InlineData(@"\b", "-", "/a", "/-a-")]
    [InlineData("[^/]+", "\u00e9", "/a", "/\u00c3\u00a9")]
    public void What_is_found_in_a_path_is_replaced_as_RE2_does(string expression, string rewrite, string path, string rewritten) =>
        Assert.Equal(rewritten, new Re2Replacement(Re2.TryCompile(expression, wholeText: false, out _)!, rewrite).Apply(path));

    /// <summary>As istioctl 1.31 validated, and Envoy 1.40 refused.</summary>
    [Theory]
    [InlineData(@"\x{100}")]
    [InlineData(@"[\x{1F600}]")]
    [InlineData(@"\p{Letter}")]
    [InlineData(@"\p{LC}")]
    [InlineData(@"\p{Cn}")]
    [InlineData(@"\p{ASCII}")]
    [InlineData(@"\p{Assigned}")]
    [InlineData(@"\p{lu}")]
    [InlineData(@"\pl")]
    [InlineData(@"\P{greek}")]
    [InlineData(@"\p{Uppercase-Letter}")]
    public void What_istiod_takes_and_the_proxies_refuse_is_refused_as_such(string expression)
    {
        Assert.Null(Re2.TryCompile(expression, wholeText: true, out var problem));

        Assert.Contains("the proxies refuse it with all routes of their port", problem, StringComparison.Ordinal);
        Assert.NotNull(Re2.TryCompile(expression, wholeText: true, out _, byIstio: true));
    }

    [Theory]
    [InlineData(@"\p{Any}")]
    [InlineData(@"\p{Han}")]
    [InlineData(@"\p{Kawi}")]
    [InlineData(@"\p{Cs}")]
    [InlineData(@"\x{ff}")]
    [InlineData("(?P<n>a)(?P<n>b)")]
    [InlineData("\ud83d\ude00")]
    public void What_istiod_and_the_proxies_take_is_taken(string expression) => Assert.NotNull(Re2.TryCompile(expression, wholeText: true, out _));

    [Fact]
    public void A_text_of_an_object_is_its_bytes_on_the_wire() => Assert.Equal("caf\u00c3\u00a9", WireText.Of("caf\u00e9"));
}
