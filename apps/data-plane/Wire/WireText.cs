using System.Text;

namespace GopherMesh.DataPlane.Wire;

/// <summary>Texts of the wire have a character for each byte (Latin-1), so that any bytes pass; those of objects are Unicode, which is UTF-8 there.</summary>
internal static class WireText
{
    /// <summary>A text of an object as it is on the wire.</summary>
    public static string Of(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>A text of the wire for people.</summary>
    public static string Show(string wireText) => Ascii.IsValid(wireText) ? wireText : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(wireText));
}
