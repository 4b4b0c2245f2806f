namespace GopherMesh.Gopherctl.DataPlane.Model;

/// <summary>
/// Name and age of an object. Istio processes objects of one kind oldest first and breaks ties by name, then namespace
/// (istio pilot/pkg/model/config.go, configCompareByCreationTime); manifests without a creationTimestamp are of one age.
/// </summary>
internal sealed record ObjectName(string Namespace, string Name, DateTimeOffset CreatedAt) : IComparable<ObjectName>
{
    public int CompareTo(ObjectName? other) => other is null
        ? 1
        : (CreatedAt.CompareTo(other.CreatedAt), string.CompareOrdinal(Name, other.Name)) switch
        {
            (0, 0) => string.CompareOrdinal(Namespace, other.Namespace),
            (0, var byName) => byName,
            var (byAge, _) => byAge,
        };

    public override string ToString() => $"{Namespace}/{Name}";
}
