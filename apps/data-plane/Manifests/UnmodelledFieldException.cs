namespace GopherMesh.DataPlane.Manifests;

/// <summary>The declared routing holds fields that the rehearsal cannot obey. The message names every one: object, path, what to do.</summary>
public sealed class UnmodelledFieldException : Exception
{
    internal UnmodelledFieldException(IReadOnlyList<FieldProblem> problems)
        : base(string.Join(Environment.NewLine, problems))
    {
        Problems = problems;
    }

    /// <summary>One entry a field, in the order of the manifests.</summary>
    public IReadOnlyList<FieldProblem> Problems { get; }
}

/// <summary>A field that cannot be obeyed.</summary>
/// <param name="Manifest">Kind, namespace and name.</param>
/// <param name="Path">From the object's root, e.g. <c>spec.http[0].corsPolicy</c>.</param>
/// <param name="Reason">What is wrong and what to do.</param>
public sealed record FieldProblem(string Manifest, string Path, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Manifest}: {Path}: {Reason}";
}

/// <summary>A field that is accepted although the rehearsal cannot show its effect.</summary>
/// <param name="Manifest">Kind, namespace and name.</param>
/// <param name="Path">From the object's root.</param>
/// <param name="Reason">Why its effect cannot be seen here.</param>
public sealed record NotRehearsedField(string Manifest, string Path, string Reason);
