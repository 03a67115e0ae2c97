/**
 * The only file that imports `cdktf`. HashiCorp archived it in December 2025; its successor CDK Terrain (`cdktn`)
 * keeps the API, so moving there is this one line and the deep imports of the provider.
 */
export {
  Annotations,
  App,
  LocalBackend,
  S3Backend,
  TerraformElement,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  Testing,
} from 'cdktf';
