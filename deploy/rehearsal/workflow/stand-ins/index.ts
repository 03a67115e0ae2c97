import { downloadArtifact, uploadArtifact } from './artifacts';
import { amazonEcrLogin, configureAwsCredentials, dockerLogin } from './aws-credentials';
import { attest, attestBuildProvenance, buildPush } from './build-image';
import { checkout } from './checkout';
import { install, setupBuildx, setupNode, setupQemu, setupTerraform } from './set-up';
import type { StandIn } from './stand-in';

/** All that is not done as a runner would. Everything else in a workflow is run for real, or refused. */
export const standIns: readonly StandIn[] = [
  checkout,
  setupNode,
  uploadArtifact,
  downloadArtifact,
  attestBuildProvenance,
  attest,
  configureAwsCredentials,
  amazonEcrLogin,
  dockerLogin,
  setupBuildx,
  setupQemu,
  buildPush,
  setupTerraform,
  install,
];
