// The values of charts are nested maps.
global using Map = System.Collections.Generic.Dictionary<string, object>;

namespace GopherMesh.Infra.Helm;

/// <summary>Values of Helm charts.</summary>
internal static class Values
{
    /// <summary><paramref name="values"/> with <paramref name="changes"/> on top: maps are merged, anything else is replaced, as Helm does it.</summary>
    public static Map Merge(Map values, Map changes)
    {
        var merged = new Map(values);
        foreach (var (key, change) in changes)
        {
            merged[key] = merged.GetValueOrDefault(key) is Map inner && change is Map outer
                ? Merge(inner, outer)
                : change;
        }

        return merged;
    }

    /// <summary>A port of a Service, as charts of Istio take it.</summary>
    public static Map ServicePort(string name, int port, int target) => new()
    {
        ["name"] = name,
        ["port"] = port,
        ["protocol"] = "TCP",
        ["targetPort"] = target,
    };
}
