using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads Headers of a route or a destination.</summary>
internal static class HeaderReader
{
    public static HeaderOperations Read(FieldCursor owner) =>
        owner.Read("headers", headers => new HeaderOperations(
            headers.Read("request", request => ReadChanges(request, isRequest: true)) ?? HeaderChanges.None,
            headers.Read("response", response => ReadChanges(response, isRequest: false)) ?? HeaderChanges.None)) ?? HeaderOperations.None;

    private static HeaderChanges ReadChanges(FieldCursor changes, bool isRequest)
    {
        var remove = changes.Texts("remove");
        foreach (var name in remove.Where(IsInternal))
        {
            changes.Refuse("remove", $"\"{name}\" cannot be removed (Istio drops it)");
        }

        var set = ReadValues(changes, "set", isRequest);
        var add = ReadValues(changes, "add", isRequest);
        return new(remove, Visible(set), Visible(add), AuthorityIn(set) ?? AuthorityIn(add));
    }

    private static Dictionary<string, string> ReadValues(FieldCursor changes, string field, bool isRequest)
    {
        var values = changes.TextMap(field);
        foreach (var (name, value) in values)
        {
            if (value.Contains('%', StringComparison.Ordinal))
            {
                changes.Refuse($"{field}.{name}", "Envoy's %COMMANDS% are not modelled: write a fixed value");
            }

            if (!IsInternal(name) && !MessageHead.IsToken(name))
            {
                changes.Refuse($"{field}.{name}", "is not the name of a header (Istio takes it, but no proxy can send it)");
            }

            if (IsInternal(name) && !(isRequest && IsAuthority(name)))
            {
                changes.Refuse($"{field}.{name}", "cannot be changed (Istio drops it)");
            }
        }

        return values;
    }

    /// <summary>
    /// In the order in which Istio sends them to Envoy: by name (route.go, translateAppendHeaders). Envoy leaves out what has no value
    /// (header_parser.cc, add_if_empty).
    /// </summary>
    private static List<KeyValuePair<string, string>> Visible(Dictionary<string, string> values) =>
        [.. values.Where(entry => !IsInternal(entry.Key) && entry.Value.Length > 0).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => KeyValuePair.Create(entry.Key, WireText.Of(entry.Value)))];

    private static string? AuthorityIn(Dictionary<string, string> values) =>
        values.Where(entry => IsAuthority(entry.Key)).Select(entry => entry.Value).FirstOrDefault();

    private static bool IsAuthority(string name) =>
        name.Equals(":authority", StringComparison.OrdinalIgnoreCase) || name.Equals("host", StringComparison.OrdinalIgnoreCase);

    private static bool IsInternal(string name) => name.StartsWith(':') || name.Equals("host", StringComparison.OrdinalIgnoreCase);
}
