using System.Text;

namespace GopherMesh.DataPlane.Wire;

/// <summary>Converts between texts on the wire, which have one character for each byte (Latin-1), and Unicode texts, which are UTF-8 on the wire.</summary>
internal static class WireText
{
    /// <summary>The form of a Unicode text on the wire.</summary>
    public static string Of(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>A text on the wire as Unicode, for messages.</summary>
    public static string Show(string wireText) => Ascii.IsValid(wireText) ? wireText : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(wireText));
}
