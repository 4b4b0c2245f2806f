
namespace GopherMesh.DataPlane.Manifests;

/// <summary>Collects what the readers find, so that everything is reported at once.</summary>
public sealed class ReadingReport
{
    private readonly List<FieldProblem> _problems = [];
    private readonly HashSet<(string Manifest, string Path)> _denied = [];
    private readonly List<NotRehearsedField> _notRehearsed = [];

    /// <summary>The fields that are accepted but have no effect, in the order in which they were read.</summary>
    public IReadOnlyList<NotRehearsedField> NotRehearsed => _notRehearsed;

    /// <summary>Reports a field that cannot be obeyed.</summary>
    internal void Refuse(Manifest manifest, string path, string reason)
    {
        // If Istio denies a field too, only Istio's own message is reported.
        if (!_denied.Contains((manifest.DisplayName, path)))
        {
            _problems.Add(new(manifest.DisplayName, path, reason));
        }
    }

    /// <summary>Reports a field that is accepted but has no effect.</summary>
    internal void Note(string manifest, string path, string reason) => _notRehearsed.Add(new(manifest, path, reason));

    /// <summary>Reports what Istio would deny.</summary>
    internal void Deny(Manifest manifest, IEnumerable<FieldProblem> problems)
    {
        foreach (var problem in problems)
        {
            _problems.Add(problem);
            _denied.Add((manifest.DisplayName, problem.Path));
        }
    }

    /// <summary>Reports a field that no reader took: as not rehearsed, if it is on that list, or else as refused.</summary>
    internal void LeftOver(Manifest manifest, string path)
    {
        if (Manifests.NotRehearsed.Reason(manifest.Kind, path) is { } reason)
        {
            _notRehearsed.Add(new(manifest.DisplayName, path, reason));
        }
        else
        {
            Refuse(manifest, path, "not modelled by the rehearsal, or misspelt: correct or remove it, or prove it on a cluster");
        }
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="UnmodelledFieldException">Anything was refused.</exception>
    public void ThrowIfRefused()
    {
        if (_problems.Count > 0)
        {
            throw new UnmodelledFieldException(_problems);
        }
    }
}
