using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Tests.Rehearsal.Cli;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("\u001b[2J\u001b]0;pwned\u0007", @"\u001b[2J\u001b]0;pwned\u0007")]
    [InlineData("a\0b\rc\nd\u007f\u009b", @"a\u0000b\u000dc\u000ad\u007f\u009b")]
    [InlineData("gnp.\u202egod", @"gnp.\u202egod")]
    [InlineData("na\u00efve \U0001F439 [bold] a\tb", "na\u00efve \U0001F439 [bold] a\tb")]
    public void What_a_terminal_would_obey_is_shown(string text, string shown) => Assert.Equal(shown, Printable.Line(text));

    [Fact]
    public void A_text_of_several_lines_keeps_them() => Assert.Equal("a\nb\\u000d", Printable.Lines("a\nb\r"));
}
