using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Manifests;

/// <summary>
/// Reads one JSON object field by field and remembers which fields were read: <see cref="Finish"/> reports the others, so that a field that
/// no reader knows can never be overlooked. A null value counts as absent, as in the API server.
/// </summary>
public sealed partial class FieldCursor
{
    private readonly HashSet<string> _read = [];
    private readonly JsonObject _json;
    private readonly string _path;
    private readonly Manifest _manifest;
    private readonly ReadingReport _report;

    internal FieldCursor(JsonObject json, string path, Manifest manifest, ReadingReport report) =>
        (_json, _path, _manifest, _report) = (json, path, manifest, report);

    internal static FieldCursor Of(Manifest manifest, ReadingReport report) => new(manifest.Body, "", manifest, report);

    /// <summary>Whether a field is there; does not take it.</summary>
    public bool Has(string field) => _json[field] is not null;

    /// <summary>Reports a problem with a field, or with the object itself if <paramref name="field"/> is empty.</summary>
    public void Refuse(string field, string reason) => _report.Refuse(_manifest, PathOf(field), reason);

    /// <summary>Refuses a field that must not be there.</summary>
    public void RefuseIfPresent(string field, string reason)
    {
        if (Take(field) is not null)
        {
            Refuse(field, reason);
        }
    }

    internal void Finish()
    {
        foreach (var (field, value) in _json)
        {
            if (value is not null && !_read.Contains(field))
            {
                _report.LeftOver(_manifest, PathOf(field));
            }
        }
    }

    /// <summary>Takes an object; null if it is absent or no object; the report then has the error.</summary>
    public T? Read<T>(string field, Func<FieldCursor, T?> read)
        where T : class
    {
        T? value = null;
        if (Take(field) is { } node)
        {
            Enter(node, field, cursor => value = read(cursor));
        }

        return value;
    }

    /// <summary>Takes an object that is read as a value; null if it is absent or no object; the report then has the error.</summary>
    public T? ReadValue<T>(string field, Func<FieldCursor, T> read)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(read);
        T? value = null;
        if (Take(field) is { } node)
        {
            Enter(node, field, cursor => value = read(cursor));
        }

        return value;
    }

    /// <summary>Takes a list of objects; empty if it is absent.</summary>
    public IReadOnlyList<T> ReadEach<T>(string field, Func<FieldCursor, T> read)
    {
        var values = new List<T>();
        foreach (var (index, item) in List(field).Index())
        {
            Enter(item, $"{field}[{index}]", cursor => values.Add(read(cursor)));
        }

        return values;
    }

    /// <summary>Takes an object whose keys are data; empty if it is absent.</summary>
    public Dictionary<string, T> Map<T>(string field, Func<FieldCursor, T> read)
    {
        var entries = new Dictionary<string, T>();
        foreach (var (key, value) in MapOf(field))
        {
            Enter(value ?? new JsonObject(), $"{field}.{key}", cursor => entries[key] = read(cursor));
        }

        return entries;
    }

    private void Enter(JsonNode? node, string field, Action<FieldCursor> read)
    {
        if (node is JsonObject inner)
        {
            var cursor = new FieldCursor(inner, PathOf(field), _manifest, _report);
            read(cursor);
            cursor.Finish();
        }
        else
        {
            Refuse(field, "must be an object");
        }
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
        return _json[field];
    }

    private string PathOf(string field) => (_path, field) switch
    {
        ("", _) => field,
        (_, "") => _path,
        _ => $"{_path}.{field}",
    };
}
