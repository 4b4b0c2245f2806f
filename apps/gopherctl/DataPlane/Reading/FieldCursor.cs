using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Manifests;

namespace GopherMesh.Gopherctl.DataPlane.Reading;

/// <summary>
/// Reads one JSON object field by field and remembers which it was asked for: <see cref="Finish"/> files the rest, so that a field that
/// no reader knows can never be overlooked. A null value counts as absent, as it does to the API server.
/// </summary>
internal sealed partial class FieldCursor(JsonObject json, string path, Manifest manifest, ReadingReport report)
{
    private readonly HashSet<string> _read = [];

    public static FieldCursor Of(Manifest manifest, ReadingReport report) => new(manifest.Body, "", manifest, report);

    public bool Has(string field) => json[field] is not null;

    /// <summary>Files a problem with a field, or with the object itself where <paramref name="field"/> is empty.</summary>
    public void Refuse(string field, string reason) => report.Refuse(manifest, PathOf(field), reason);

    /// <summary>Takes a field that must not be there.</summary>
    public void RefuseIfPresent(string field, string reason)
    {
        if (Take(field) is not null)
        {
            Refuse(field, reason);
        }
    }

    public void Finish()
    {
        foreach (var (field, value) in json)
        {
            if (value is not null && !_read.Contains(field))
            {
                report.LeftOver(manifest, PathOf(field));
            }
        }
    }

    public T? Object<T>(string field, Func<FieldCursor, T?> read)
        where T : class => Take(field) is { } node ? ReadObject(node, field, read) : null;

    public IReadOnlyList<T> Objects<T>(string field, Func<FieldCursor, T> read)
        where T : class
    {
        var items = List(field);
        return [.. items.Select((item, index) => ReadObject(item, $"{field}[{index}]", read)).OfType<T>()];
    }

    /// <summary>An object whose keys are data.</summary>
    public Dictionary<string, T> Map<T>(string field, Func<FieldCursor, T> read)
        where T : class
    {
        var entries = new Dictionary<string, T>();
        foreach (var (key, value) in MapOf(field))
        {
            if (ReadObject(value ?? new JsonObject(), $"{field}.{key}", read) is { } entry)
            {
                entries[key] = entry;
            }
        }

        return entries;
    }

    private T? ReadObject<T>(JsonNode? node, string field, Func<FieldCursor, T?> read)
        where T : class
    {
        if (node is not JsonObject inner)
        {
            Refuse(field, "must be an object");
            return null;
        }

        var cursor = new FieldCursor(inner, PathOf(field), manifest, report);
        var value = read(cursor);
        cursor.Finish();
        return value;
    }

    private JsonObject MapOf(string field)
    {
        switch (Take(field))
        {
            case null:
                return [];
            case JsonObject map:
                return map;
            default:
                Refuse(field, "must be an object");
                return [];
        }
    }

    private JsonArray List(string field)
    {
        switch (Take(field))
        {
            case null:
                return [];
            case JsonArray list:
                return list;
            default:
                Refuse(field, "must be a list");
                return [];
        }
    }

    private JsonNode? Take(string field)
    {
        _read.Add(field);
        return json[field];
    }

    private string PathOf(string field) => (path, field) switch
    {
        ("", _) => field,
        (_, "") => path,
        _ => $"{path}.{field}",
    };
}
