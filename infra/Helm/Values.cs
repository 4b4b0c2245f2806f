namespace GopherMesh.Infra.Helm;

/// <summary>Values of Helm charts.</summary>
internal static class Values
{
    /// <summary><paramref name="values"/> with <paramref name="changes"/> on top: maps are merged, anything else is replaced, as Helm does it.</summary>
    public static Dictionary<string, object> Merge(Dictionary<string, object> values, Dictionary<string, object> changes)
    {
        var merged = new Dictionary<string, object>(values);
        foreach (var (key, change) in changes)
        {
            merged[key] = merged.GetValueOrDefault(key) is Dictionary<string, object> inner && change is Dictionary<string, object> outer
                ? Merge(inner, outer)
                : change;
        }

        return merged;
    }

    /// <summary>A port of a Service, as charts of Istio take it.</summary>
    public static Dictionary<string, object> ServicePort(string name, int port, int target) => new()
    {
        ["name"] = name,
        ["port"] = port,
        ["protocol"] = "TCP",
        ["targetPort"] = target,
    };
}
